"""The collector: reads the chain as every scanner does, and hands what it catches to processors.

It replaces the walk that stores (`block_syncer.py`) and of the live path that stores
It replaces the walk that stores (`block_syncer.py`) and the live path that stores
the queue is away, it does the processors' work itself.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from msgspec import Raw, structs

from chain.blocks.matching import Unreadable, matched_block, touched_wallets
from chain.blocks.wallet_set import WatchedWallets
from chain.rpc.pool import RpcPool
from chain.stream.messages import Hint
from domain.errors import QueueUnavailable, Undecodable
from domain.sharding import ALL_STRANDS, strand_of
from domain.transaction_batches import Caught, Haul
from runtime.observability.metrics import ingest_hints_dropped
from scanner.commit.recorder import Recorder
from scanner.live.live import Live
from scanner.live.watchlist import Watched
from scanner.pipeline.processor import Decoding
from scanner.pipeline.producer import Shipping
from scanner.reconcile.block_decoding import BlockReader, ReadBlock, storable
from scanner.reconcile.block_fetcher import BlockFetched
from scanner.reconcile.block_syncer import FEED, BlocksConfig, Walk, Walker
from storage.ingest.activities import Batch, Poison
from storage.ingest.shards import begin_shards
from storage.postgres import Database

log = logging.getLogger(__name__)

ROOM_SECONDS = 5.0
"""How long is waited for room in the queue before the head of the chain is asked for again."""
PORTION_BYTES = 4 << 20
"""Of transactions, after which the hauls of a stretch of blocks are closed and new ones begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaughtBlock(ReadBlock):
    """A block of which what concerns watched wallets was taken out, undecoded."""

    caught: tuple[Caught, ...]

    @property
    def size(self) -> int:
        """Bytes of transactions."""
        return sum(len(one.raw) for one in self.caught)


class CatchingReader(BlockReader):
    """Takes out of blocks what names watched wallets."""

    def __init__(self, watched: WatchedWallets, *, chain: str) -> None:
        super().__init__(watched, chain=chain)
        self._index = watched

    def opened(self, fetched: BlockFetched) -> CaughtBlock:
        """What names watched wallets, and what nobody can say of whether it does.

        Raises:
            Undecodable: the block as a whole cannot be read.
        """
        block = matched_block(fetched.raw, self._index)
        time = block.block_time
        return CaughtBlock(
            slot=fetched.slot,
            parent_slot=block.parent_slot,
            poison=tuple(_poison(fetched.slot, time, bad) for bad in block.unreadable),
            caught=tuple(
                Caught(
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
class Outlet:
    """Where a collector's catch goes."""

    shipping: Shipping
    decoding: Decoding
    """For when the queue is away."""
    database: Database

    async def hand_over(self, hauls: Sequence[Haul]) -> None:
        """To processors; where the queue is away, store them here.

        Raises:
            QueueUnavailable: the queue does not answer, for the first time.
            DatabaseUnavailable: neither does PostgreSQL.
        """
        if self.shipping.away:
            await self.decoding.store(hauls)
        else:
            await self.shipping.ship(hauls)


class Collector(Walker):
    """Takes walks further without storing; a walk's cursor is how far was handed over."""

    def __init__(
        self, rpc: RpcPool, watched: Watched, recorder: Recorder, config: BlocksConfig, *, outlet: Outlet
    ) -> None:
        super().__init__(rpc, watched, recorder, config)
        self._reader = CatchingReader(watched.index, chain=config.chain)
        self._outlet = outlet
        self._begun = False

    async def advance(self, walk: Walk, head: int, asked: float) -> int:
        """Hand the next blocks over, where there is room; again from the cursor after a loss.

        Raises:
            Unavailable: a server did not answer; nothing is lost by that.
        """
        shipping = self._outlet.shipping
        if not self._begun:
            await self._begin(walk.cursor)
        if shipping.lost:
            walk.cursor = await shipping.again_from(walk.cursor)
        elif not shipping.away and not await shipping.room(ROOM_SECONDS):
            return 0
        return await super().advance(walk, head, asked)

    async def put_down(self, walk: Walk) -> None:
        """Let every strand begin here, before anything was read."""
        await self._begin(walk.cursor)

    async def _commit(
        self, walk: Walk, upto: int, blocks: Sequence[ReadBlock], aside: Sequence[Poison] = ()
    ) -> None:
        """Put aside what cannot be read, then hand over the rest with the word that it is complete."""
        poison = [*(poison for block in blocks for poison in block.poison), *aside]
        if poison:
            await self._recorder.record(Batch(chain=self._config.chain, poison=poison))
        slots = [block.slot for block in blocks]
        self._outlet.shipping.read(slots, walk.reach(self._config.blind_seconds))
        await self._outlet.hand_over(list(hauls_of(blocks, after=walk.cursor, upto=upto)))
        walk.cursor = upto
        walk.missing.settled(upto)

    async def _begin(self, slot: int) -> None:
        await begin_shards(self._outlet.database, chain=self._config.chain, feed=FEED, slot=slot)
        self._begun = True


class LiveCollector(Live):
    """Hands on what streams tell, with the wallets that it is about."""

    def __init__(
        self,
        watched: Watched,
        recorder: Recorder,
        outlet: Outlet,
        *,
        chain: str,
        quotes: frozenset[str],
        on_slot: Callable[[], None],
    ) -> None:
        super().__init__(watched, recorder, chain=chain, quotes=quotes, on_slot=on_slot)
        self._outlet = outlet

    async def keep(self, hints: Sequence[Hint]) -> None:
        """Hand these over; what finds no room is left to the reconciliation."""
        shipping = self._outlet.shipping
        if shipping.away:
            await super().keep(hints)
            return
        if shipping.full:
            ingest_hints_dropped.inc(len(hints))
            return
        try:
            await shipping.ship([haul for hint in hints for haul in self._hauls(hint)])
        except QueueUnavailable:
            await super().keep(hints)

    def _hauls(self, hint: Hint) -> Iterable[Haul]:
        raw = hint.raw or Raw(b"")
        try:
            wallets = touched_wallets(raw, self._watched.index)
        except Undecodable as error:
            log.info("A notification is left to the reconciliation: %s", error)
            return ()
        caught = Caught(raw=bytes(raw), wallets=wallets, slot=hint.slot)
        return [Haul(strand=strand, caught=(part,)) for strand, part in _by_strand(caught)]


def hauls_of(blocks: Sequence[ReadBlock], *, after: int, upto: int) -> Iterator[Haul]:
    """For each strand hauls that make it complete from `after` up to `upto`, none much beyond a portion.

    What was read again of slots before goes first, and makes nothing complete.
    """
    caught = [block for block in blocks if isinstance(block, CaughtBlock)]  # others are put aside as a whole
    for strand, again in _by_strands(block for block in caught if block.slot <= after).items():
        yield Haul(strand=strand, caught=tuple(again))
    portion: list[CaughtBlock] = []
    for block in sorted((block for block in caught if block.slot > after), key=lambda block: block.slot):
        portion.append(block)
        if sum(one.size for one in portion) >= PORTION_BYTES and block.slot < upto:
            yield from _portion(portion, after=after, upto=block.slot)
            portion, after = [], block.slot
    yield from _portion(portion, after=after, upto=upto)


def _portion(blocks: Iterable[CaughtBlock], *, after: int, upto: int) -> Iterator[Haul]:
    parts = _by_strands(blocks)
    for strand in sorted(ALL_STRANDS):
        yield Haul(strand=strand, caught=tuple(parts.get(strand, ())), after=after, upto=upto)


def _by_strands(blocks: Iterable[CaughtBlock]) -> dict[int, list[Caught]]:
    parts: defaultdict[int, list[Caught]] = defaultdict(list)
    for block in blocks:
        for caught in block.caught:
            for strand, part in _by_strand(caught):
                parts[strand].append(part)
    return parts


def _by_strand(caught: Caught) -> Iterator[tuple[int, Caught]]:
    """The transaction once for each strand, with the wallets of that strand alone."""
    wallets: defaultdict[int, list[str]] = defaultdict(list)
    for wallet in caught.wallets:
        wallets[strand_of(wallet)].append(wallet)
    for strand, ours in wallets.items():
        yield strand, structs.replace(caught, wallets=tuple(ours))


def _poison(slot: int, block_time: int | None, bad: Unreadable) -> Poison:
    return Poison(
        slot=slot,
        position=bad.position,
        signature=storable(bad.signature) if bad.signature else None,
        reason=storable(bad.reason),
        raw=bytes(bad.raw),
        block_time=block_time,
    )
