"""Bounds the alerts sent on a stream's claim alone to what can be verified within ten seconds.

A stream's claim alone makes an alert at once (`scanner/live/live.py`), and what was forged is corrected once
the nodes were asked (`scanner/reconcile/forks.py`). A stream that floods forged transactions would make more
alerts than can be corrected in time. So there is room for a number of transactions that are told and open;
beyond it a transaction waits for its look-up or its block. A stream that proves wrong is asked about first
for a while.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from runtime.clock import monotonic

MAX_OPEN = 512
"""Transactions that may be told and open: two passes of two requests for statuses show all that are wrong."""
DISTRUST_SECONDS = 3_600.0
"""How long a stream's claim alone is not announced after it proved wrong."""
STORED_SECONDS = 1.0
"""After this long what was handed on is stored, where others store it."""


@dataclass(slots=True)
class _Pushed:
    source: str
    stored_at: float | None = None
    """When it was handed to the sink, by the monotonic clock; None: it waits for that."""


class ProvisionalLimit:
    """Open transactions that were announced on one stream's claim, and the distrusted streams."""

    def __init__(
        self, *, can_be_blamed: bool = True, max_open: int = MAX_OPEN, clock: Callable[[], float] = monotonic
    ) -> None:
        """Begin with nothing.

        Args:
            can_be_blamed: whether what is taken back proves its stream wrong; it does not where what is not
                confirmed is announced, which may die with its fork.
            max_open: transactions that may be open.
            clock: monotonic.
        """
        self._can_be_blamed = can_be_blamed
        self._max_open = max_open
        self._clock = clock
        self._open: dict[str, _Pushed] = {}
        self._distrusted_until: dict[str, float] = {}

    def may_announce_early(self, source: str) -> bool:
        """Return whether a transaction that this stream pushes may be announced at once."""
        return len(self._open) < self._max_open and self._distrusted_until.get(source, 0.0) <= self._clock()

    def note(self, signature: str, source: str) -> None:
        """A transaction is on its way to people on the claim of this stream alone."""
        self._open.setdefault(signature, _Pushed(source))

    def stored(self, signatures: Iterable[str]) -> None:
        """The sink has taken these transactions, told early or not."""
        for signature in signatures:
            if pushed := self._open.get(signature):
                pushed.stored_at = self._clock()

    def to_check(self) -> list[str]:
        """Signatures of what may be confirmed or reverted by now."""
        latest = self._clock() - STORED_SECONDS
        return [one for one, pushed in self._open.items() if pushed.stored_at and pushed.stored_at <= latest]

    def resolve(self, signatures: Collection[str], *, wrong: Collection[str]) -> Collection[str]:
        """Forget transactions that are open no longer; the streams that are distrusted from now on.

        Args:
            signatures: of transactions that were confirmed or reverted.
            wrong: those of them that were reverted.
        """
        known = {one: self._open.pop(one) for one in signatures if one in self._open}
        if not self._can_be_blamed:
            return ()
        sources = {pushed.source for one, pushed in known.items() if one in wrong}
        until = self._clock() + DISTRUST_SECONDS
        fresh = {source for source in sources if self._distrusted_until.get(source, 0.0) <= self._clock()}
        self._distrusted_until |= dict.fromkeys(sources, until)
        return fresh
