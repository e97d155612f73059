"""The port by which scans ask a node, within a budget of requests and seconds.

A question that cannot be answered raises `NotAnswered` with a reason for the reader, so that the part of a
scan that needed it becomes unknown, and the others continue.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

import msgspec

from chain.rpc.accounts import BATCH, Account, read_accounts
from chain.rpc.errors import MethodRefused, NoHistory, RateLimited, Refused, Rejected, Skipped
from chain.rpc.pool import RpcPool
from domain.errors import NodeUnavailable, NodeUnreadable, WhaleWatcherError
from domain.sentences import Sentence, sentence
from runtime.clock import monotonic

T = TypeVar("T")
QUESTION_SECONDS = 5.0
"""A question may take so long: a method that a node never answers must not use up the time of the others."""


MIN_SECONDS = 0.25
"""With less left nothing is asked: a node that cannot answer so soon would seem to be broken."""


class NotAnswered(WhaleWatcherError):  # noqa: N818 - names say the fact
    """A question was not answered; the text is the reason, to be read after `not known:`."""

    def __init__(self, reason: Sentence) -> None:
        """Keep the reason as words that can be translated."""
        super().__init__(str(reason))
        self.reason = reason


class ScanNode(Protocol):
    """Answers the questions of a scan."""

    @property
    def left(self) -> int:
        """How many questions may still be asked."""
        ...

    async def accounts(self, addresses: Sequence[str]) -> Mapping[str, Account | None]:
        """The accounts; None: there is none, missing: that is not known. Raises NotAnswered."""
        ...

    async def ask(self, method: str, params: Sequence[Any]) -> msgspec.Raw:
        """The `result` of a method; raises NotAnswered."""
        ...

    async def ask_many(
        self, method: str, params: Sequence[Sequence[Any]]
    ) -> Sequence[msgspec.Raw | NotAnswered]:
        """The `result` of a method for each of these, as far as the budget reaches."""
        ...


class LiveNode:
    """The nodes of a pool, for one scan.

    Args:
        rpc: whom to ask.
        requests: how many questions the scan may ask.
        seconds: how long it may take.
    """

    def __init__(self, rpc: RpcPool, *, requests: int, seconds: float) -> None:
        self._rpc = rpc
        self._requests = requests
        self._ends_at = monotonic() + seconds
        self.spent = 0
        """Questions asked so far; a hundred accounts are one, and each of a batch is one."""

    @property
    def left(self) -> int:
        """How many questions may still be asked."""
        return max(0, self._requests - self.spent)

    async def accounts(self, addresses: Sequence[str]) -> Mapping[str, Account | None]:
        """The accounts at these addresses, a hundred in one question.

        Raises:
            NotAnswered: the budget is spent, or no node gave all of them.
        """
        self._spend(-(-len(addresses) // BATCH))
        found: dict[str, Account] = {}
        for start in range(0, len(addresses), BATCH):
            try:
                chunk = addresses[start : start + BATCH]
                found |= await read_accounts(self._rpc, chunk, seconds=self._left())
            except (NodeUnavailable, Rejected) as error:
                raise NotAnswered(reason_of(error)) from error
        return {address: found.get(address) for address in addresses}

    async def ask(self, method: str, params: Sequence[Any]) -> msgspec.Raw:
        """The `result` of a method; one that every node has refused recently is not asked for.

        Raises:
            NotAnswered: the budget is spent, or no node answered.
        """
        if self._rpc.refuses(method):
            raise NotAnswered(_REFUSED)
        self._spend(1)
        try:
            return await self._rpc.call(method, params, seconds=self._left())
        except (NodeUnavailable, Rejected, Skipped) as error:
            raise NotAnswered(reason_of(error)) from error

    async def ask_many(
        self, method: str, params: Sequence[Sequence[Any]]
    ) -> Sequence[msgspec.Raw | NotAnswered]:
        """The `result` of a method for each of these; what is beyond the budget is not asked."""
        allowed = params[: self.left]
        try:
            seconds = self._left()
        except NotAnswered as error:
            return [error for _ in params]
        self.spent += len(allowed)
        ends_in = self._ends_at - monotonic()
        answers = await self._rpc.call_many(method, allowed, seconds=seconds, all_seconds=ends_in)
        asked = [
            NotAnswered(reason_of(answer)) if isinstance(answer, Exception) else answer for answer in answers
        ]
        return [*asked, *(NotAnswered(_SPENT) for _ in params[len(allowed) :])]

    def _spend(self, requests: int) -> None:
        if self.spent + requests > self._requests:
            raise NotAnswered(_SPENT)
        self.spent += requests

    def _left(self) -> float:
        left = self._ends_at - monotonic()
        if left < MIN_SECONDS:
            raise NotAnswered(sentence("the scan took too long"))
        return min(left, QUESTION_SECONDS)


_SPENT = sentence("the scan may ask no more questions")
_REFUSED = sentence("the node refuses this method")
UNREADABLE = sentence("the node sent something unreadable")
_NO_ANSWER = sentence("no node answered in time")
_REASONS: tuple[tuple[type[Exception], Sentence], ...] = (
    (MethodRefused, _REFUSED),
    (Refused, _REFUSED),
    (RateLimited, sentence("the node limits how often this may be asked")),
    (NoHistory, sentence("the node does not keep so much of the past")),
    (Rejected, sentence("the node does not accept this question")),
    (NodeUnreadable, UNREADABLE),
)


def reason_of(error: Exception) -> Sentence:
    """Why a question was not answered, in a few words without the node's own."""
    return next((words for kind, words in _REASONS if isinstance(error, kind)), _NO_ANSWER)


def decoded(raw: msgspec.Raw, type_: type[T]) -> T:
    """The answer; raises NotAnswered if it has another form."""
    try:
        return msgspec.json.decode(raw, type=type_)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise NotAnswered(UNREADABLE) from error
