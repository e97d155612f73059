"""The live path: takes what streams push and hands it on within milliseconds. Fast, never complete.

What is dropped here (a full queue, a database that is away, a transaction that cannot be read) is found by
the reconciliation (`scanner/reconcile/reconciler.py`), which does not move past it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator

import msgspec

from chain.stream.messages import PushedBlock, PushedTransaction
from domain.errors import Unavailable
from runtime.clock import monotonic
from runtime.observability.metrics import ingest_pushed_transactions_dropped
from scanner.commit.sink import CommitSink

MAX_QUEUED = 5_000
"""Pushed transactions that wait; more are dropped."""
MAX_PER_COMMIT = 100
MAX_REMEMBERED = 20_000
"""Signatures whose repetition is noticed without asking the database."""
_FETCH_TRIES = 5
_FETCH_PAUSE = 0.1

Fetch = Callable[[str], Awaitable[bytes | None]]
"""Asks a node for a transaction; None: it does not know it yet."""


def _ignore_slot() -> None:
    """New slots wake nothing."""


def _ignore_block(_block: PushedBlock) -> None:
    """Pushed blocks are not read."""


class Live:
    """The sink of the streams (`chain.stream.source.Sink`)."""

    def __init__(
        self,
        sink: CommitSink,
        *,
        on_slot: Callable[[], None] = _ignore_slot,
        on_block: Callable[[PushedBlock], None] = _ignore_block,
    ) -> None:
        """Build it.

        Args:
            sink: takes the transactions.
            on_slot: called at each new slot; it must not wait.
            on_block: called with each pushed block; it must not wait.
        """
        self.newest_slot = 0
        """The highest slot that a node was seen to work on."""
        self.last_pushed_at: float | None = None
        """When the last transaction came, by the monotonic clock; None: none has."""
        self._sink = sink
        self._on_slot = on_slot
        self._on_block = on_block
        self._to_fetch: asyncio.Queue[PushedTransaction] = asyncio.Queue(MAX_QUEUED)
        self._ready: asyncio.Queue[PushedTransaction] = asyncio.Queue(MAX_QUEUED)
        self._seen: OrderedDict[str, None] = OrderedDict()

    def slot(self, slot: int) -> None:
        """A node works on this slot."""
        if slot > self.newest_slot:
            self.newest_slot = slot
            self._on_slot()

    def block(self, block: PushedBlock) -> None:
        """A stream brought a whole block: the syncers need not ask for it."""
        self._on_block(block)

    def transaction(self, pushed: PushedTransaction) -> None:
        """A watched wallet may have done something; a repeated signature is passed over."""
        self.last_pushed_at = monotonic()
        if pushed.signature in self._seen:
            return
        queue = self._to_fetch if pushed.raw is None else self._ready
        try:
            queue.put_nowait(pushed)
        except asyncio.QueueFull:
            ingest_pushed_transactions_dropped.inc()
            return
        self._seen[pushed.signature] = None
        if len(self._seen) > MAX_REMEMBERED:
            self._seen.popitem(last=False)

    async def fetch(self, fetch: Fetch) -> None:
        """Turn signatures into transactions, for ever; several of these may run beside each other."""
        while True:
            pushed = await self._to_fetch.get()
            raw = await _fetched(fetch, pushed.signature)
            if raw is not None:
                full = PushedTransaction(signature=pushed.signature, slot=pushed.slot, raw=msgspec.Raw(raw))
                await self._ready.put(full)

    async def run(self) -> None:
        """Hand on what is ready, for ever, in batches as large as what waits."""
        while True:
            await self._sink.commit_pushed(
                [await self._ready.get(), *_waiting(self._ready, MAX_PER_COMMIT - 1)]
            )


async def _fetched(fetch: Fetch, signature: str) -> bytes | None:
    """The transaction; None: no node gave it in time, so it is left to the reconciliation."""
    for attempt in range(_FETCH_TRIES):
        try:
            raw = await fetch(signature)
        except Unavailable:
            raw = None
        if raw is not None:
            return raw
        await asyncio.sleep(_FETCH_PAUSE * 2**attempt)
    return None


def _waiting(queue: asyncio.Queue[PushedTransaction], limit: int) -> Iterator[PushedTransaction]:
    for _ in range(min(limit, queue.qsize())):
        yield queue.get_nowait()
