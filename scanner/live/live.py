"""The live path: hints from streams, decoded and committed within milliseconds. Fast, never complete.

What is dropped here (a full queue, a database that is away, a transaction that cannot be read) is found by
`scanner/reconcile/reconciler.py`, which does not move past it.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator, Sequence

import msgspec

from chain.decoders.activities import activities
from chain.decoders.quote_mints import QUOTE_MINTS
from chain.parsing.transaction import Transaction, read_transaction
from chain.stream.messages import PushedTransaction
from domain.activity.activity import Activity
from domain.errors import Unavailable, Undecodable
from runtime.clock import monotonic
from runtime.observability.metrics import ingest_hints_dropped
from scanner.commit.recorder import Recorder
from scanner.wallets.watchlist import Watchlist
from storage.ingest.activities import Batch

log = logging.getLogger(__name__)

WAITING = 5_000
"""Hints that wait at most; more are dropped."""
AT_ONCE = 100
"""Transactions in one commit at most."""
REMEMBERED = 20_000
"""Signatures whose repetition is noticed without asking the database."""
_FETCH_TRIES = 5
_FETCH_PAUSE = 0.1

Fetch = Callable[[str], Awaitable[bytes | None]]
"""Asks a node for a transaction; None: it does not know it yet."""


def _nobody() -> None:
    """Wants to know of new slots."""


def _learns_nothing(_transaction: Transaction) -> None:
    """Nobody wants to know what transactions tell besides."""


class Live:
    """Takes hints (it is the streams' `Sink`) and stores what watched wallets did in them."""

    def __init__(
        self,
        watched: Watchlist,
        recorder: Recorder,
        *,
        chain: str,
        quote_mints: frozenset[str] = QUOTE_MINTS,
        on_slot: Callable[[], None] = _nobody,
        provisional: bool = False,
    ) -> None:
        self.newest_slot = 0
        """The highest slot that a node was heard to work on."""
        self.last_hint: float | None = None
        """When the last hint came, by the monotonic clock; None: none has."""
        self.on_transaction: Callable[[Transaction], None] = _learns_nothing
        """Called with each transaction that was decoded."""
        self._watched = watched
        self._recorder = recorder
        self._chain = chain
        self._quote_mints = quote_mints
        self._on_slot = on_slot
        self._provisional = provisional
        self._to_fetch: asyncio.Queue[PushedTransaction] = asyncio.Queue(WAITING)
        self._ready: asyncio.Queue[PushedTransaction] = asyncio.Queue(WAITING)
        self._seen: OrderedDict[str, None] = OrderedDict()

    def slot(self, slot: int) -> None:
        """A node works on this slot; whoever wants to know of new ones is told."""
        if slot > self.newest_slot:
            self.newest_slot = slot
            self._on_slot()

    def transaction(self, pushed: PushedTransaction) -> None:
        """A watched wallet may have done something; a repeated signature is passed over."""
        self.last_hint = monotonic()
        if pushed.signature in self._seen:
            return
        queue = self._to_fetch if pushed.raw is None else self._ready
        try:
            queue.put_nowait(pushed)
        except asyncio.QueueFull:
            ingest_hints_dropped.inc()
            return
        self._seen[pushed.signature] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    async def fetch(self, fetch: Fetch) -> None:
        """Turn signatures into transactions, for ever; several of these may run beside each other."""
        while True:
            pushed = await self._to_fetch.get()
            raw = await _fetched(fetch, pushed.signature)
            if raw is not None:
                full = PushedTransaction(signature=pushed.signature, slot=pushed.slot, raw=msgspec.Raw(raw))
                await self._ready.put(full)

    async def store(self) -> None:
        """Decode and commit what is ready, for ever, in batches as large as what waits."""
        while True:
            pushed_transactions = [await self._ready.get(), *_waiting(self._ready, AT_ONCE - 1)]
            await self.keep(pushed_transactions)

    async def keep(self, pushed_transactions: Sequence[PushedTransaction]) -> None:
        """Commit what watched wallets did in these transactions."""
        found = [activity for pushed in pushed_transactions for activity in self._decoded(pushed)]
        if found:
            await self._commit(found)

    async def _commit(self, found: list[Activity]) -> None:
        try:
            await self._recorder.record(self._batch(found))
        except Unavailable as error:
            log.warning("%d activities are left to the reconciliation: %s", len(found), error)

    def _batch(self, found: list[Activity]) -> Batch:
        return Batch(chain=self._chain, activities=found, provisional=self._provisional)

    def _decoded(self, pushed: PushedTransaction) -> list[Activity]:
        try:
            transaction = read_transaction(pushed.raw or b"", slot=pushed.slot or 0, block_time=None)
            self.on_transaction(transaction)
            return activities(
                transaction, chain=self._chain, wallets=self._watched.index, quote_mints=self._quote_mints
            )
        except Undecodable as error:
            log.info("A notification is left to the reconciliation: %s", error)
            return []


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


def _waiting(queue: asyncio.Queue[PushedTransaction], most: int) -> Iterator[PushedTransaction]:
    for _ in range(min(most, queue.qsize())):
        yield queue.get_nowait()
