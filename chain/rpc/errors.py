"""Errors of nodes, each with the action that follows. Foreign codes end here.

NodeUnavailable              (domain.errors) no provider gave a usable answer
└── NodeFault                one provider did not; says whether the question may succeed soon, and what rests
    ├── NotYet               the slot is not there yet: try again soon
    ├── BehindNode           the node lags: ask another
    ├── NoHistory            the node lacks what was asked for, or has forgotten it: ask another
    ├── UnsupportedVersion   ask again with the version it names
    ├── RateLimited          too much was asked; not before `retry_after`
    ├── MethodRefused        the node does not offer this method, or not to us: ask another
    ├── Refused              the key or the plan is not accepted (401, 402, 403)
    ├── NoRoom               this process holds too many answers: ask again later, nobody rests
    └── UnusableAnswer               no answer, an HTML page, half of a JSON text, 5xx
        └── Oversized        an answer that is larger than any real one
Skipped                      this one node says that a slot has no block: to be believed after a second check
Rejected                     the request itself is wrong for this node: its code and text
"""

import re
from collections.abc import Callable
from enum import Enum
from typing import ClassVar

from domain.errors import NodeUnavailable, WhaleWatcherError

MAX_TEXT = 200
"""Characters of a node's own words that are kept."""


class RestScope(Enum):
    """The scope that rests after a fault."""

    NOTHING = "nothing"
    """The fault says something about the question, not about the provider."""
    METHOD = "method"
    """This method of this provider; its other methods are asked as before."""
    PROVIDER = "provider"


class NodeFault(NodeUnavailable):
    """One provider did not give what was asked for. Another may.

    Args:
        message: what happened; the node's own words are cut at `MAX_TEXT` characters.
        provider: who; a host name, never an address with a key in it.
        retry_after: seconds that the node asks to wait; None: it does not say.
    """

    rests: ClassVar[RestScope] = RestScope.PROVIDER
    transient: ClassVar[bool] = True
    """The same question may be answered after some seconds."""

    def __init__(self, message: str, *, provider: str, retry_after: float | None = None) -> None:
        super().__init__(f"{provider}: {message[:MAX_TEXT]}", retry_after=retry_after)
        self.provider = provider

    def postpone(self, seconds: float) -> None:
        """Say when to ask again, where the node does not."""
        if self.retry_after is None:
            self.retry_after = seconds


class NotYet(NodeFault):
    """What was asked for is not there yet; it will be."""

    rests = RestScope.NOTHING
    transient = False


class BehindNode(NodeFault):
    """The node says of itself that it lags behind."""


class NoHistory(NodeFault):
    """The node does not keep what was asked for. That says nothing about whether it was.

    Args:
        message: the node's own words.
        provider: who lacks it.
        kept_from: the oldest slot whose block it has; None: the node does not say.
    """

    rests = RestScope.NOTHING
    transient = False

    def __init__(self, message: str, *, provider: str, kept_from: int | None = None) -> None:
        super().__init__(message, provider=provider)
        self.kept_from = kept_from


class UnsupportedVersion(NodeFault):
    """The answer holds transactions of a newer version than was allowed.

    Args:
        message: the node's own words.
        provider: who sent it.
        version: of transactions, the one to allow from now on.
    """

    rests = RestScope.NOTHING
    transient = False

    def __init__(self, message: str, *, provider: str, version: int) -> None:
        super().__init__(message, provider=provider)
        self.version = version


class RateLimited(NodeFault):
    """The provider wants to be asked less."""


class MethodRefused(NodeFault):
    """The node does not offer this method, or not to us.

    Args:
        message: the node's own words.
        provider: who refuses; others may offer the method.
        code: of JSON-RPC, or the HTTP status.
        retry_after: seconds that the node asks to wait; None: the method rests longer each time.
    """

    rests = RestScope.METHOD
    transient = False

    def __init__(self, message: str, *, provider: str, code: int, retry_after: float | None = None) -> None:
        super().__init__(f"{message} ({code})", provider=provider, retry_after=retry_after)
        self.code = code


class Refused(NodeFault):
    """The provider does not accept our key, or our plan lacks this."""

    transient = False


class UnusableAnswer(NodeFault):
    """The answer could not be used."""


class Oversized(UnusableAnswer):
    """An answer that is larger than any real one; most of it was never read."""


class NoRoom(NodeFault):
    """The answers that this process holds leave no room for one more; that says nothing of the provider."""

    rests = RestScope.NOTHING
    transient = False


class Skipped(WhaleWatcherError):  # noqa: N818 - a statement, not an error
    """One node says that the slot has no block, or that it lacks it; nothing is proven by that."""

    def __init__(self, message: str, *, provider: str) -> None:
        super().__init__(f"{provider}: {message[:MAX_TEXT]}")
        self.provider = provider


class Rejected(WhaleWatcherError):  # noqa: N818 - the same
    """The node understood and says no: wrong parameters, a failed simulation, a subscription it lacks.

    Args:
        message: the node's own words, cut at `MAX_TEXT` characters.
        provider: who says no; another would say the same, so none is asked.
        code: of JSON-RPC; 0: it has none.
    """

    def __init__(self, message: str, *, provider: str, code: int) -> None:
        super().__init__(f"{provider}: {message[:MAX_TEXT]} ({code})")
        self.provider = provider
        self.code = code


ADDRESS_HISTORY = "getTransactionsForAddress"
"""No part of Solana's JSON-RPC; some providers have it, some in some of their plans."""
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602

_MAX_VERSION = 255
_TOO_MANY_REQUESTS, _GONE = 429, 410
_UNAUTHORIZED = frozenset({401, 402, 403})
_FORBIDDEN = 403
_KEPT_FROM = re.compile(r"First available block: (\d{1,18})\b")
_NAMED_VERSION = re.compile(r"maxSupportedTransactionVersion\W+(\d{1,3})\b|version \((\d{1,3})\)")


def from_code(
    code: int, message: str, *, provider: str, retry_after: float | None = None
) -> NodeFault | Skipped | Rejected:
    """The error that a node's JSON-RPC error means.

    Args:
        code: of the error.
        message: of the error.
        provider: who answered.
        retry_after: seconds that the answer asks to wait.
    """
    read = _READ.get(code)
    if read is not None:
        return read(message, provider)
    if code == METHOD_NOT_FOUND:
        return MethodRefused(message, provider=provider, code=code, retry_after=retry_after)
    fault = _FAULTS.get(code)
    if fault is None:
        return Rejected(message, provider=provider, code=code)
    return fault(f"{message} ({code})", provider=provider, retry_after=retry_after)


def decides_alone(status: int) -> bool:
    """Return whether the HTTP status says what happened, whatever error the body holds."""
    return status in {_TOO_MANY_REQUESTS, _GONE}


def from_status(
    status: int, *, provider: str, retry_after: float | None, message: str | None = None
) -> NodeFault:
    """The error that an HTTP status other than 200 means.

    Args:
        status: of the answer.
        provider: who answered.
        retry_after: seconds that the answer asks to wait.
        message: the text of the error in the body, where it holds one.
    """
    text = f"HTTP {status}: {message}" if message else f"HTTP {status}"
    if status == _TOO_MANY_REQUESTS:
        return RateLimited(text, provider=provider, retry_after=retry_after)
    if status == _GONE:
        return MethodRefused(text, provider=provider, code=status, retry_after=retry_after)
    if status in _UNAUTHORIZED:
        return Refused(text, provider=provider)
    return UnusableAnswer(text, provider=provider, retry_after=retry_after)


def of_method(error: NodeFault | Skipped | Rejected, method: str) -> NodeFault | Skipped | Rejected:
    """Return what an error means where the method is no part of Solana's JSON-RPC.

    Whoever has no such method, or not in our plan, says so in many ways, some of which would let the whole
    provider rest; it says nothing of the other methods.
    """
    if method != ADDRESS_HISTORY or not isinstance(error, Refused | Rejected):
        return error
    code = error.code if isinstance(error, Rejected) else _FORBIDDEN
    words = str(error).removeprefix(f"{error.provider}: ").removesuffix(f" ({code})")
    return MethodRefused(words, provider=error.provider, code=code)


def _skipped(message: str, provider: str) -> Skipped:
    return Skipped(message, provider=provider)


def _no_history(message: str, provider: str) -> NoHistory:
    kept = _KEPT_FROM.search(message)
    return NoHistory(message, provider=provider, kept_from=int(kept[1]) if kept else None)


def _unsupported(message: str, provider: str) -> NodeFault:
    named = _NAMED_VERSION.search(message)
    version = int(named[1] or named[2]) if named else 0
    if not 0 < version <= _MAX_VERSION:
        return UnusableAnswer(message, provider=provider)
    return UnsupportedVersion(message, provider=provider, version=version)


# Agave, rpc-client-api/src/custom_error.rs.
_READ: dict[int, Callable[[str, str], NodeFault | Skipped]] = {
    -32001: _no_history,  # BlockCleanedUp
    -32007: _skipped,  # SlotSkipped
    -32009: _skipped,  # LongTermStorageSlotSkipped
    -32011: _no_history,  # TransactionHistoryNotAvailable
    -32015: _unsupported,  # UnsupportedTransactionVersion
}
_FAULTS: dict[int, type[BehindNode | UnusableAnswer | NotYet | RateLimited]] = {
    -32004: NotYet,  # BlockNotAvailable
    -32005: BehindNode,  # NodeUnhealthy
    -32014: NotYet,  # BlockStatusNotAvailableYet
    -32016: NotYet,  # MinContextSlotNotReached
    -32019: UnusableAnswer,  # LongTermStorageUnreachable
    -32429: RateLimited,
    -32603: UnusableAnswer,  # internal error
    429: RateLimited,
}
