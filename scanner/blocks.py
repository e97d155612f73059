"""The reconciliation: every slot from the stored cursor on, block by block. It makes the scanner complete.

The cursor moves only in the transaction that stores what it covers, and only over slots that are settled
(`scanner/continuity.py`). A block is decoded with a set of wallets that was read after the block was fetched,
so a wallet whose /watch was answered before a block was produced is never missed in it.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chain.quotes import QUOTES
from chain.rpc import RpcPool
from chain.rpc_reads import at_least_confirmed, current_slot
from domain.activity import Activity
from domain.errors import Unavailable
from runtime.backoff import Backoff
from runtime.clock import monotonic
from runtime.metrics import ingest_gap_backfilled, ingest_slot_lag
from scanner.block_reading import BlockReader, ReadBlock
from scanner.continuity import Absent, BlockSeen, Look, settle
from scanner.looking import BlockFetched, Found, Looking
from scanner.missing import Missing
from scanner.record import Recorder
from scanner.watched import Watched
from storage.activities import Batch, Poison
from storage.cursors import read_cursor
from storage.postgres import Database

log = logging.getLogger(__name__)

FEED = "blocks"
_LONGEST_STUCK = 16
"""Times the usual pause, where the next slot is not to be had."""
_BACKOFF = Backoff(first=0.25, factor=2.0, longest=10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlocksConfig:
    """What to reconcile, and how fast."""

    chain: str
    quotes: frozenset[str] = QUOTES
    """Mints that prices are told in."""
    commitment: str = "confirmed"
    poll_seconds: float = 0.25
    """How often a new slot is asked for."""
    at_once: int = 8
    """Blocks that are fetched together; they are stored in their order."""
    per_second: float = 40.0
    """Blocks fetched at most, when far behind."""
    patience_seconds: float = 600.0
    """How long a block that no provider gives holds up all later ones, before it is put aside."""


class Blocks:
    """Walks from the stored cursor to the head of the chain, for ever."""

    def __init__(
        self, rpc: RpcPool, database: Database, watched: Watched, recorder: Recorder, config: BlocksConfig
    ) -> None:
        self.cursor: int | None = None
        """Everything up to here is stored; None: not begun."""
        self.head = 0
        """The newest slot of our commitment that a node told of."""
        self.advanced = monotonic()
        """When it last found itself at the head, or moved."""
        self._rpc = rpc
        self._database = database
        self._watched = watched
        self._recorder = recorder
        self._config = config
        self._looking = Looking(rpc, commitment=config.commitment)
        self._reader = BlockReader(watched.index, chain=config.chain, quotes=config.quotes)
        self._stuck = 0
        self._nudged = asyncio.Event()
        self._missing = Missing(rpc.names, patience=config.patience_seconds)

    async def run(self) -> None:
        """Reconcile for ever; servers that are away only cost time."""
        failures = 0
        while True:
            began = monotonic()
            try:
                moved = await self.step()
            except Unavailable as error:
                failures += 1
                log.warning("Blocks wait at slot %s: %s", self.cursor, error)
                await asyncio.sleep(_BACKOFF.wait(failures, random.random()))  # noqa: S311 - spreads retries
            else:
                failures = 0
                await self._rest(self._pause(moved, monotonic() - began))

    def nudge(self) -> None:
        """A node works on a new slot: look now, rather than when the time for it has come."""
        self._nudged.set()

    async def step(self) -> int:
        """Look at the next slots and store what is settled; by how many slots the cursor moved.

        Raises:
            Unavailable: a server did not answer; nothing is lost by that.
        """
        cursor = self.cursor if self.cursor is not None else await self._begin()
        self.head = await current_slot(self._rpc, commitment=at_least_confirmed(self._config.commitment))
        ingest_slot_lag.set(max(0, self.head - cursor))
        if self.head <= cursor:
            self.advanced = monotonic()
            return 0
        found = await self._look(cursor)
        await self._watched.catch_up()
        await self._store_settled(cursor, found)
        return self.cursor - cursor if self.cursor is not None else 0

    async def _begin(self) -> int:
        """Where to go on: at the stored cursor; at the head of the chain when there is none."""
        stored = await read_cursor(self._database, chain=self._config.chain, feed=FEED)
        if stored is not None:
            self.cursor = stored.slot
            return stored.slot
        head = await current_slot(self._rpc, commitment=at_least_confirmed(self._config.commitment))
        await self._commit(head, (), ())
        log.info("Blocks are read from slot %d on", head)
        return head

    async def _look(self, cursor: int) -> list[Found]:
        """The slots after the cursor; where they end without a block, the next one, which proves them."""
        slots = range(cursor + 1, min(self.head, cursor + self._config.at_once) + 1)
        avoid = self._missing.distrusted()
        found = list(await asyncio.gather(*(self._looking.at(slot, avoid=avoid) for slot in slots)))
        last = found[-1]
        if isinstance(last, Absent) and not isinstance(found[0], BlockFetched):
            found += await self._beyond(last)
        return found

    async def _beyond(self, last: Absent) -> list[Found]:
        """The next block there is by a node's list, if possible another node's than the one that denied."""
        others = set(self._rpc.names) - {last.said_by}
        avoid = {last.said_by} if others else ()
        following = await self._looking.next_block(last.slot, self.head, avoid=avoid)
        if following is None:
            return []
        return [await self._looking.at(following, avoid=avoid)]

    async def _store_settled(self, cursor: int, found: Sequence[Found]) -> None:
        blocks = [block for look in found if isinstance(look, BlockFetched) for block in self._read(look)]
        settlement = settle(cursor, _looks(found, blocks))
        if settlement.upto > cursor:
            await self._commit(settlement.upto, *_contents(blocks, settlement.upto))
        first = found[0]
        if settlement.upto == cursor and isinstance(first, Absent) and first.kept_from is not None:
            await self._forgotten(first.slot, first.kept_from)
        elif settlement.missing is not None:
            await self._miss(settlement.upto + 1, settlement.missing)

    def _read(self, fetched: BlockFetched) -> Iterator[ReadBlock]:
        block = self._reader.read(fetched)
        if block is not None:
            yield block

    async def _commit(self, upto: int, activities: Sequence[Activity], poison: Sequence[Poison]) -> None:
        batch = Batch(chain=self._config.chain, activities=activities, poison=poison, feed=FEED, slot=upto)
        ingest_gap_backfilled.inc(await self._recorder.record(batch))
        self.cursor, self.advanced = upto, monotonic()
        self._missing.settled(upto)

    async def _miss(self, first: int, missing: Absent) -> None:
        """A block that exists is not given to us: others are asked, in the end it is put aside, visibly.

        With it goes what lies between it and `first`, of which nothing is proven.
        """
        if missing.said_by:
            log.warning("Slot %d is called skipped by %s, yet it has a block", missing.slot, missing.said_by)
        if self._missing.note(missing.slot, denied_by=missing.said_by):
            await self._put_aside(first, missing.slot)

    async def _forgotten(self, slot: int, kept_from: int) -> None:
        """No provider keeps the slot any longer; in the end we go on with what they still keep."""
        if self._missing.note(slot):
            await self._put_aside(slot, max(slot, min(kept_from - 1, self.head)))

    async def _put_aside(self, first: int, last: int) -> None:
        reason = f"no provider gives the blocks of slots {first} to {last}"
        log.error("Put aside: %s", reason)
        nothing = Poison(slot=first, last_slot=last, position=-1, signature=None, reason=reason, raw=b"")
        await self._commit(last, (), (nothing,))

    async def _rest(self, seconds: float) -> None:
        """Wait so long; at the head of the chain, until a new slot at the latest."""
        if self.cursor is None or self.cursor < self.head:
            await asyncio.sleep(seconds)
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._nudged.wait()
        self._nudged.clear()

    def _pause(self, moved: int, took: float) -> float:
        """Until the next look: none when behind, but for the limit of blocks a second."""
        behind = self.cursor is not None and self.cursor < self.head
        self._stuck = self._stuck + 1 if behind and not moved else 0
        if behind and moved:
            return max(0.0, moved / self._config.per_second - took)
        return self._config.poll_seconds * min(1 + self._stuck, _LONGEST_STUCK)


def _looks(found: Sequence[Found], blocks: Sequence[ReadBlock]) -> list[Look]:
    """What was found in the words of `settle`; a block that is to be read again is not at hand."""
    parents = {block.slot: block.parent_slot for block in blocks}
    return [
        BlockSeen(slot=look.slot, parent_slot=parents[look.slot])
        if look.slot in parents
        else (look if isinstance(look, Absent) else Absent(slot=look.slot))
        for look in found
    ]


def _contents(blocks: Sequence[ReadBlock], upto: int) -> tuple[tuple[Activity, ...], tuple[Poison, ...]]:
    settled = [block for block in blocks if block.slot <= upto]
    return (
        tuple(activity for block in settled for activity in block.activities),
        tuple(poison for block in settled for poison in block.poison),
    )
