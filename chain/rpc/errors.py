"""What nodes answer in place of a result, each with what to do about it. Foreign codes end here.

NodeUnavailable              (domain.errors) no provider gave a usable answer
└── NodeFault                one provider did not; says whether another may, and whether to rest this one
    ├── NotYet               the slot is not there yet: try again soon
    ├── BehindNode           the node lags: ask another
    ├── NoHistory            the node lacks what was asked for, or has forgotten it: ask another
    ├── UnsupportedVersion   ask again with the version it names
    ├── RateLimited          too much was asked; not before `retry_after`
    ├── Refused              the key or the plan does not allow it (401, 403)
    └── Broken               no answer, an HTML page, half of a JSON text, 5xx
Skipped                      this one node says that a slot has no block: to be believed after a second look
Rejected                     the request itself is wrong for this node: its code and text
"""

import re
from typing import ClassVar

from domain.errors import NodeUnavailable, WhaleWatcherError

LONGEST_TEXT = 200
"""Characters of a node's own words that are kept."""


class NodeFault(NodeUnavailable):
    """One provider did not give what was asked for.

    Attributes:
        provider: who; a host name, never an address with a key in it.
    """

    elsewhere: ClassVar[bool] = True
    """Another provider may have the answer now."""
    rests: ClassVar[bool] = True
    """This provider is not asked for a while."""
    passes: ClassVar[bool] = True
    """The same question may be answered after some seconds."""

    def __init__(self, message: str, *, provider: str, retry_after: float | None = None) -> None:
        super().__init__(f"{provider}: {message[:LONGEST_TEXT]}", retry_after=retry_after)
        self.provider = provider


class NotYet(NodeFault):
    """What was asked for is not there yet; it will be."""

    rests = False
    passes = False


class BehindNode(NodeFault):
    """The node says of itself that it lags behind."""


class NoHistory(NodeFault):
    """The node does not keep what was asked for. That says nothing about whether it was.

    Attributes:
        kept_from: the oldest slot whose block it has; None: not told.
    """

    rests = False
    passes = False

    def __init__(self, message: str, *, provider: str, kept_from: int | None = None) -> None:
        super().__init__(message, provider=provider)
        self.kept_from = kept_from


class UnsupportedVersion(NodeFault):
    """The answer holds transactions of a newer version than was allowed.

    Attributes:
        version: the one to allow.
    """

    rests = False
    passes = False

    def __init__(self, message: str, *, provider: str, version: int) -> None:
        super().__init__(message, provider=provider)
        self.version = version


class RateLimited(NodeFault):
    """The provider wants to be asked less."""


class Refused(NodeFault):
    """The provider does not accept our key, or our plan lacks this."""

    passes = False


class Broken(NodeFault):
    """Nothing that can be used came back."""


class Skipped(WhaleWatcherError):  # noqa: N818 - a statement, not an error
    """One node says that the slot has no block, or that it lacks it; nothing is proven by that."""

    def __init__(self, message: str, *, provider: str) -> None:
        super().__init__(f"{provider}: {message[:LONGEST_TEXT]}")
        self.provider = provider


class Rejected(WhaleWatcherError):  # noqa: N818 - the same
    """The node understood and says no: wrong parameters, a method it lacks, a failed simulation."""

    def __init__(self, message: str, *, provider: str, code: int) -> None:
        super().__init__(f"{provider}: {message[:LONGEST_TEXT]} ({code})")
        self.provider = provider
        self.code = code


METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602

_CLEANED_UP = -32001
_UNSUPPORTED_VERSION = -32015
_HIGHEST_VERSION = 255
# Agave, rpc-client-api/src/custom_error.rs.
_FAULTS: dict[int, type[NodeFault]] = {
    -32004: NotYet,  # BlockNotAvailable
    -32005: BehindNode,  # NodeUnhealthy
    -32011: NoHistory,  # TransactionHistoryNotAvailable
    -32014: NotYet,  # BlockStatusNotAvailableYet
    -32016: NotYet,  # MinContextSlotNotReached
    -32019: Broken,  # LongTermStorageUnreachable
    -32429: RateLimited,
    -32603: Broken,  # internal error
    429: RateLimited,
}
_SKIPPED = frozenset({-32007, -32009})
_KEPT_FROM = re.compile(r"First available block: (\d{1,18})\b")
_NAMED_VERSION = re.compile(r"maxSupportedTransactionVersion\W+(\d{1,3})\b|version \((\d{1,3})\)")


def from_code(code: int, message: str, *, provider: str) -> NodeFault | Skipped | Rejected:
    """The error that a node's code means."""
    if code in _SKIPPED:
        return Skipped(message, provider=provider)
    if code == _UNSUPPORTED_VERSION:
        return _unsupported(message, provider)
    if code == _CLEANED_UP:
        kept = _KEPT_FROM.search(message)
        return NoHistory(message, provider=provider, kept_from=int(kept[1]) if kept else None)
    fault = _FAULTS.get(code)
    if fault is None:
        return Rejected(message, provider=provider, code=code)
    return fault(f"{message} ({code})", provider=provider)


def from_status(status: int, *, provider: str, retry_after: float | None) -> NodeFault:
    """The error that an HTTP status other than 200 means."""
    if status == 429:  # noqa: PLR2004 - too many requests
        return RateLimited("HTTP 429", provider=provider, retry_after=retry_after)
    if status in (401, 402, 403):
        return Refused(f"HTTP {status}", provider=provider)
    return Broken(f"HTTP {status}", provider=provider, retry_after=retry_after)


def _unsupported(message: str, provider: str) -> NodeFault:
    named = _NAMED_VERSION.search(message)
    version = int(named[1] or named[2]) if named else 0
    if not 0 < version <= _HIGHEST_VERSION:
        return Broken(message, provider=provider)
    return UnsupportedVersion(message, provider=provider, version=version)
