"""The collector: reads the chain as every scanner does, and hands what it catches to processors.

It replaces the walk that stores (`block_syncer.py`) and the live path that stores (`live.py`). How far it has
read is nobody's cursor: the cursors move when processors store. While the queue is away, it does the processors'
work itself.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from msgspec import Raw, structs

from chain.blocks.matching import Unreadable, matched_block, mentioned_wallets
from chain.blocks.wallet_set import WatchedWallets
from chain.rpc.pool import RpcPool
from chain.stream.messages import PushedTransaction
from domain.errors import QueueUnavailable, Undecodable
from domain.sharding import ALL_PARTITIONS, partition_of
from domain.transaction_batches import RawTransaction, TransactionBatch
from runtime.observability.metrics import ingest_hints_dropped
from scanner.commit.recorder import Recorder
from scanner.live.live import Live
from scanner.pipeline.processor import Decoding
from scanner.pipeline.producer import BatchProducer
from scanner.reconcile.block_fetcher import FetchedBlock
from scanner.reconcile.block_reader import BlockReader, ReadBlock, storable
from scanner.reconcile.block_syncer import FEED, BlockSyncer, SyncConfig, SyncState
from scanner.wallets.watchlist import Watchlist
from storage.ingest.activities import Batch, QuarantinedTransaction
from storage.ingest.shards import begin_shards
from storage.postgres import Database

log = logging.getLogger(__name__)

ROOM_SECONDS = 5.0
"""How long is waited for room in the queue before the head of the chain is asked for again."""
PORTION_BYTES = 4 << 20
"""Of transactions, after which the hauls of a stretch of blocks are closed and new ones begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedBlock(ReadBlock):
    """A block of which what concerns watched wallets was taken out, undecoded."""

    transactions: tuple[RawTransaction, ...]

    @property
    def size(self) -> int:
        """Bytes of transactions."""
        return sum(len(one.raw) for one in self.transactions)


class CatchingReader(BlockReader):
    """Takes out of blocks what names watched wallets."""

    def __init__(self, watched: WatchedWallets, *, chain: str) -> None:
        super().__init__(watched, chain=chain)
        self._index = watched

    def opened(self, fetched: FetchedBlock) -> MatchedBlock:
        """What names watched wallets, and what nobody can say of whether it does.

        Raises:
            Undecodable: the block as a whole cannot be read.
        """
        block = matched_block(fetched.raw, self._index)
        time = block.block_time
        return MatchedBlock(
            slot=fetched.slot,
            parent_slot=block.parent_slot,
            quarantined=tuple(_quarantined(fetched.slot, time, bad) for bad in block.unreadable),
            transactions=tuple(
                RawTransaction(
                    raw=bytes(match.raw),
                    wallets=match.wallets,
                    slot=fetched.slot,
                    block_time=time,
                    position=match.position,
                )
                for match in block.matches
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSink:
    """Where a collector's catch goes."""

    producer: BatchProducer
    decoding: Decoding
    """For when the queue is away."""
    database: Database

    async def hand_over(self, batches: Sequence[TransactionBatch]) -> None:
        """To processors; where the queue is away, store them here.

        Raises:
            QueueUnavailable: the queue does not answer, for the first time.
            DatabaseUnavailable: neither does PostgreSQL.
        """
        if self.producer.away:
            await self.decoding.store(batches)
        else:
            await self.producer.ship(batches)


class Collector(BlockSyncer):
    """Takes walks further without storing; a walk's cursor is how far was handed over."""

    def __init__(
        self, rpc: RpcPool, watched: Watchlist, recorder: Recorder, config: SyncConfig, *, outlet: BatchSink
    ) -> None:
        super().__init__(rpc, watched, recorder, config)
        self._reader = CatchingReader(watched.index, chain=config.chain)
        self._outlet = outlet
        self._begun = False

    async def advance(self, walk: SyncState, head: int, asked: float) -> int:
        """Hand the next blocks over, where there is room; again from the cursor after a loss.

        Raises:
            Unavailable: a server did not answer; nothing is lost by that.
        """
        producer = self._outlet.producer
        if not self._begun:
            await self._begin(walk.cursor)
        if producer.lost:
            walk.cursor = await producer.again_from(walk.cursor)
        elif not producer.away and not await producer.room(ROOM_SECONDS):
            return 0
        return await super().advance(walk, head, asked)

    async def checkpoint(self, walk: SyncState) -> None:
        """Let every strand begin here, before anything was read."""
        await self._begin(walk.cursor)

    async def _commit(
        self,
        walk: SyncState,
        upto: int,
        blocks: Sequence[ReadBlock],
        aside: Sequence[QuarantinedTransaction] = (),
    ) -> None:
        """Put aside what cannot be read, then hand over the rest with the word that it is complete."""
        quarantined = [*(quarantined for block in blocks for quarantined in block.quarantined), *aside]
        if quarantined:
            await self._recorder.record(Batch(chain=self._config.chain, quarantined=quarantined))
        slots = [block.slot for block in blocks]
        self._outlet.producer.read(slots, walk.progress(self._config.blind_seconds))
        await self._outlet.hand_over(list(batches_of(blocks, after=walk.cursor, upto=upto)))
        walk.cursor = upto
        walk.missing.settled(upto)

    async def _begin(self, slot: int) -> None:
        await begin_shards(self._outlet.database, chain=self._config.chain, feed=FEED, slot=slot)
        self._begun = True


class LiveCollector(Live):
    """Hands on what streams tell, with the wallets that it is about."""

    def __init__(
        self,
        watched: Watchlist,
        recorder: Recorder,
        outlet: BatchSink,
        *,
        chain: str,
        quote_mints: frozenset[str],
        on_slot: Callable[[], None],
    ) -> None:
        super().__init__(watched, recorder, chain=chain, quote_mints=quote_mints, on_slot=on_slot)
        self._outlet = outlet

    async def keep(self, pushed_transactions: Sequence[PushedTransaction]) -> None:
        """Hand these over; what finds no room is left to the reconciliation."""
        producer = self._outlet.producer
        if producer.away:
            await super().keep(pushed_transactions)
            return
        if producer.full:
            ingest_hints_dropped.inc(len(pushed_transactions))
            return
        try:
            await producer.ship([batch for pushed in pushed_transactions for batch in self._batches(pushed)])
        except QueueUnavailable:
            await super().keep(pushed_transactions)

    def _batches(self, pushed: PushedTransaction) -> Iterable[TransactionBatch]:
        raw = pushed.raw or Raw(b"")
        try:
            wallets = mentioned_wallets(raw, self._watched.index)
        except Undecodable as error:
            log.info("A notification is left to the reconciliation: %s", error)
            return ()
        transactions = RawTransaction(raw=bytes(raw), wallets=wallets, slot=pushed.slot)
        return [
            TransactionBatch(partition=partition, transactions=(part,))
            for partition, part in _by_partition(transactions)
        ]


def batches_of(blocks: Sequence[ReadBlock], *, after: int, upto: int) -> Iterator[TransactionBatch]:
    """For each strand hauls that make it complete from `after` up to `upto`, none much beyond a portion.

    What was read again of slots before goes first, and makes nothing complete.
    """
    transactions = [
        block for block in blocks if isinstance(block, MatchedBlock)
    ]  # others are put aside as a whole
    for partition, again in _by_partitions(block for block in transactions if block.slot <= after).items():
        yield TransactionBatch(partition=partition, transactions=tuple(again))
    portion: list[MatchedBlock] = []
    for block in sorted(
        (block for block in transactions if block.slot > after), key=lambda block: block.slot
    ):
        portion.append(block)
        if sum(one.size for one in portion) >= PORTION_BYTES and block.slot < upto:
            yield from _portion(portion, after=after, upto=block.slot)
            portion, after = [], block.slot
    yield from _portion(portion, after=after, upto=upto)


def _portion(blocks: Iterable[MatchedBlock], *, after: int, upto: int) -> Iterator[TransactionBatch]:
    parts = _by_partitions(blocks)
    for partition in sorted(ALL_PARTITIONS):
        yield TransactionBatch(
            partition=partition, transactions=tuple(parts.get(partition, ())), after=after, upto=upto
        )


def _by_partitions(blocks: Iterable[MatchedBlock]) -> dict[int, list[RawTransaction]]:
    parts: defaultdict[int, list[RawTransaction]] = defaultdict(list)
    for block in blocks:
        for transactions in block.transactions:
            for partition, part in _by_partition(transactions):
                parts[partition].append(part)
    return parts


def _by_partition(transactions: RawTransaction) -> Iterator[tuple[int, RawTransaction]]:
    """The transaction once for each strand, with the wallets of that strand alone."""
    wallets: defaultdict[int, list[str]] = defaultdict(list)
    for wallet in transactions.wallets:
        wallets[partition_of(wallet)].append(wallet)
    for partition, ours in wallets.items():
        yield partition, structs.replace(transactions, wallets=tuple(ours))


def _quarantined(slot: int, block_time: int | None, bad: Unreadable) -> QuarantinedTransaction:
    return QuarantinedTransaction(
        slot=slot,
        position=bad.position,
        signature=storable(bad.signature) if bad.signature else None,
        reason=storable(bad.reason),
        raw=bytes(bad.raw),
        block_time=block_time,
    )
