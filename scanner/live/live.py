"""The live path: takes what streams push and hands it on within milliseconds. Fast, never complete.

What is dropped here (a full queue, an unavailable database, a transaction that cannot be read) is found by
the reconciliation (`scanner/reconcile/reconciler.py`), which does not move past it. Where there are several
nodes, what one of them pushes is handed on when another pushes it too, or gives it when it is asked. Where
there is one, what it pushes is handed on at once, as long as `ProvisionalLimit` has room for it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Protocol

import msgspec

from chain.rpc.errors import Rejected, Skipped
from chain.stream.messages import PushedBlock, PushedTransaction
from domain.backoff import Backoff
from domain.errors import Unavailable
from runtime.clock import monotonic
from runtime.observability.metrics import ingest_pushed_transactions_dropped
from scanner.commit.provisional_limit import ProvisionalLimit
from scanner.commit.sink import CommitSink

MAX_QUEUED = 5_000
"""Pushed transactions that wait; more are dropped."""
MAX_QUEUED_BYTES = 32 << 20
"""Of pushed transactions that wait to be committed, or to be agreed on; more are dropped."""
MAX_PER_COMMIT = 100
MAX_REMEMBERED = 20_000
"""Signatures whose repetition is noticed without asking the database."""
MAX_SLOTS_BACK = 5_000
"""A slot so far below the newest one shows that the newest one was none."""
_FETCH_TRIES = 5
_FETCH_PAUSES = Backoff(first_wait=0.1)


class Fetch(Protocol):
    """Asks a node for a transaction."""

    async def __call__(self, signature: str, *, not_of: str) -> bytes | None:
        """The transaction; None: no node knows it yet.

        Args:
            signature: of the transaction.
            not_of: the stream whose own node is not asked, where there is another; empty: any will do.
        """


def _ignore_slot() -> None:
    """Ignores new slots."""


def _ignore_block(_block: PushedBlock) -> None:
    """Ignores pushed blocks."""


def _never() -> bool:
    """No standby: this scanner commits."""
    return False


class Live:
    """The sink of the streams (`chain.stream.source.Sink`)."""

    def __init__(
        self,
        sink: CommitSink,
        *,
        on_slot: Callable[[], None] = _ignore_slot,
        on_block: Callable[[PushedBlock], None] = _ignore_block,
        needs_agreement: bool = False,
        early: ProvisionalLimit | None = None,
        is_standby: Callable[[], bool] = _never,
    ) -> None:
        """Create it.

        Args:
            sink: takes the transactions.
            on_slot: called at each new slot; it must not wait.
            on_block: called with each pushed block; it must not wait.
            needs_agreement: whether one node's claim is not enough, because there are others to ask.
            early: what one node's claim may have told; None: all of it, at once.
            is_standby: whether another scanner commits; then what is pushed is dropped.
        """
        self.newest_slot = 0
        """The highest slot that a node was seen to work on."""
        self.last_pushed_at: float | None = None
        """When the last transaction came, by the monotonic clock; None: none has."""
        self._sink = sink
        self._on_slot = on_slot
        self._on_block = on_block
        self._needs_agreement = needs_agreement
        self._early = early
        self._stands_by = is_standby
        self._to_fetch: asyncio.Queue[PushedTransaction] = asyncio.Queue(MAX_QUEUED)
        self._ready: asyncio.Queue[PushedTransaction] = asyncio.Queue(MAX_QUEUED)
        self._unagreed: OrderedDict[str, PushedTransaction] = OrderedDict()
        """What one node has pushed and no other has confirmed yet."""
        self._held_bytes = 0
        self._seen: OrderedDict[str, None] = OrderedDict()

    def slot(self, slot: int) -> None:
        """Note the slot that a node works on."""
        if slot > self.newest_slot or slot < self.newest_slot - MAX_SLOTS_BACK:
            self.newest_slot = slot
            self._on_slot()

    def block(self, block: PushedBlock) -> None:
        """Accept a pushed block, which the syncers then need not fetch."""
        self._on_block(block)

    def transaction(self, pushed: PushedTransaction) -> None:
        """A watched wallet may have done something; a repeated signature is passed over."""
        self.last_pushed_at = monotonic()
        if pushed.signature in self._seen or self._stands_by():
            return
        if pushed.raw is None:
            self._ask_for(pushed)
        elif self._needs_agreement:
            self._agree(pushed)
        elif self._early is not None and not self._early.may_announce_early(pushed.source):
            self._ask_for(pushed)
        elif self._put(self._ready, pushed):
            self._remember(pushed.signature)
            if self._early is not None:
                self._early.note(pushed.signature, pushed.source)

    def _ask_for(self, pushed: PushedTransaction) -> None:
        """Let a node be asked for it; what the stream says of it does not count."""
        if self._put(self._to_fetch, replace(pushed, raw=None)):
            self._remember(pushed.signature)

    def _agree(self, pushed: PushedTransaction) -> None:
        """Hand on what a second node pushes; of what is new, another node is asked meanwhile."""
        first = self._unagreed.get(pushed.signature)
        if first is None:
            if self._put(self._to_fetch, replace(pushed, raw=None)) and self._hold(pushed):
                self._unagreed[pushed.signature] = pushed
        elif first.source != pushed.source:
            self._forget(pushed.signature)
            if self._put(self._ready, replace(pushed, agreed=first.raw)):
                self._remember(pushed.signature)

    async def fetch(self, fetch: Fetch) -> None:
        """Turn signatures into transactions until cancelled; several of these may run beside each other."""
        while True:
            pushed = await self._to_fetch.get()
            waits = pushed.signature in self._unagreed
            raw = await _fetched(fetch, pushed.signature, pushed.source if self._needs_agreement else "")
            if waits and not self._forget(pushed.signature):
                continue  # another stream was faster
            if raw is not None and self._put(self._ready, replace(pushed, raw=msgspec.Raw(raw))):
                self._remember(pushed.signature)

    def _put(self, queue: asyncio.Queue[PushedTransaction], pushed: PushedTransaction) -> bool:
        """Enqueue it, if there is room."""
        if queue.full() or not self._hold(pushed):
            ingest_pushed_transactions_dropped.inc()
            return False
        queue.put_nowait(pushed)
        return True

    def _hold(self, pushed: PushedTransaction) -> bool:
        """Count the bytes of what waits; return whether there is room for them."""
        size = _size(pushed)
        if size and self._held_bytes + size > MAX_QUEUED_BYTES:
            return False
        self._held_bytes += size
        return True

    def _forget(self, signature: str) -> bool:
        """Wait no longer for another node to agree; return whether it was waited for."""
        first = self._unagreed.pop(signature, None)
        if first is not None:
            self._held_bytes -= _size(first)
        return first is not None

    def _remember(self, signature: str) -> None:
        self._seen[signature] = None
        if len(self._seen) > MAX_REMEMBERED:
            self._seen.popitem(last=False)

    async def run(self) -> None:
        """Hand on what is ready until cancelled, in batches as large as what waits."""
        while True:
            batch = [await self._ready.get(), *_waiting(self._ready, MAX_PER_COMMIT - 1)]
            self._held_bytes -= sum(map(_size, batch))
            await self._sink.commit_pushed(batch)
            if self._early is not None:
                self._early.stored(pushed.signature for pushed in batch)


async def _fetched(fetch: Fetch, signature: str, not_of: str) -> bytes | None:
    """The transaction; None: no node gave it in time, so it is left to the reconciliation."""
    for attempt in range(_FETCH_TRIES):
        try:
            raw = await fetch(signature, not_of=not_of)
        except (Unavailable, Rejected, Skipped):
            raw = None
        if raw is not None:
            return raw
        await asyncio.sleep(_FETCH_PAUSES.ceiling(attempt + 1))
    return None


def _size(pushed: PushedTransaction) -> int:
    return sum(memoryview(raw).nbytes for raw in (pushed.raw, pushed.agreed) if raw is not None)


def _waiting(queue: asyncio.Queue[PushedTransaction], limit: int) -> Iterator[PushedTransaction]:
    for _ in range(min(limit, queue.qsize())):
        yield queue.get_nowait()
