"""The reconciliation: every slot from the stored cursor on, block by block. It makes the scanner complete.

There is one walk at the head of the chain (`block_syncer.py`). Where scanners share the wallets, those that
came from another scanner may be complete only up to an earlier slot; they have a walk of their own, step by
step beside the first, until it has caught up and becomes one with it.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Mapping

from chain.rpc.blocks import at_least_confirmed, current_slot
from chain.rpc.pool import RpcPool
from chain.stream.messages import PushedBlock
from domain.errors import Unavailable
from runtime.clock import monotonic
from runtime.observability.metrics import ingest_slot_lag
from runtime.processes.backoff import Backoff
from scanner.commit.recorder import Recorder
from scanner.reconcile.block_buffer import BlockBuffer
from scanner.reconcile.block_syncer import FEED, BlockSyncer, SyncConfig, Syncer, SyncState
from scanner.roles import UNASSIGNED, ActiveActive, Assignment, Role
from scanner.wallets.watchlist import Watchlist
from storage.coordination.leases import Fenced
from storage.ingest.cursors import read_cursor
from storage.ingest.outages import NEAR_SLOTS
from storage.ingest.shards import begin_shards, shard_cursors
from storage.postgres import Database

__all__ = ["Reconciler", "SyncConfig"]

log = logging.getLogger(__name__)

_MAX_STUCK_FACTOR = 16
"""Times the usual pause, where the next slot is not to be had."""
HEAD_SECONDS = 1.0
"""How often it is asked how far the chain is, while the walk rests."""
DOUBT_SECONDS = 5.0
"""How often a node is asked whether streams tell what is new, while nobody says."""
_BACKOFF = Backoff(first_wait=0.25, factor=2.0, max_wait=10.0)


class Reconciler:
    """Walks from the stored cursor to the head of the chain, for ever."""

    def __init__(
        self, rpc: RpcPool, database: Database, watched: Watchlist, recorder: Recorder, config: SyncConfig
    ) -> None:
        self.walk: SyncState | None = None
        """The walk at the head; None: not begun, or it is somebody else's turn."""
        self.behind: list[SyncState] = []
        """Walks for wallets that came from other scanners and are not complete so far."""
        self.role: Role = ActiveActive()
        """Says what is ours."""
        self.head = 0
        """The newest slot of our commitment that a node told of."""
        self.advanced = monotonic()
        """When it last found itself at the head, or moved."""
        self._rpc = rpc
        self._database = database
        self._told = BlockBuffer()
        self.by_blocks = BlockSyncer(rpc, watched, recorder, config, self._told)
        self.syncer: Syncer = self.by_blocks
        """How walks are taken further."""
        self._config = config
        self._stuck = 0
        self._woken = asyncio.Event()
        self._assignment = UNASSIGNED
        self._asked = self._tried = float("-inf")
        self._stepped = monotonic()
        self._doubtful = False
        self._trusted_seconds = (config.blind_seconds or float("inf")) / 2

    @property
    def cursor(self) -> int | None:
        """Everything of ours up to here is stored, but for what `behind` tells; None: not begun."""
        return None if self.walk is None else self.walk.cursor

    @property
    def config(self) -> SyncConfig:
        """What is reconciled, and how fast."""
        return self._config

    async def run(self) -> None:
        """Reconcile for ever; servers that are away only cost time."""
        failures = 0
        while True:
            began = monotonic()
            try:
                moved = await self.step()
            except Unavailable as error:
                if isinstance(error, Fenced):
                    self.role.fenced()
                failures += 1
                log.warning("Blocks wait at slot %s: %s", self.cursor, error)
                await asyncio.sleep(_BACKOFF.wait(failures, random.random()))  # noqa: S311 - spreads retries
            else:
                failures = 0
                await self._rest(self._pause(moved, monotonic() - began))

    def wake(self) -> None:
        """There may be something new: look now, rather than when the time for it has come."""
        self._woken.set()

    def hear(self, told: PushedBlock) -> None:
        """A stream brought a block: it need not be asked for."""
        self._told.put(told)
        self.wake()

    async def step(self) -> int:
        """Look at the next slots and store what is settled; by how many slots the cursors moved.

        Raises:
            Unavailable: a server did not answer; nothing is lost by that.
        """
        await self._find_head()
        await self._take_up(self.role.assignment)
        if self.walk is None:
            self.advanced = monotonic()  # somebody else's turn
            return 0
        ingest_slot_lag.set(max(0, self.head - self.walk.cursor))
        moved = await self.syncer.advance(self.walk, self.head, self._asked)
        if moved or self.head <= self.walk.cursor:
            self.advanced = monotonic()
        return moved + await self._catch_up(self.walk)

    async def _find_head(self) -> None:
        """How far the chain is: as streams tell, else by asking; now and then only, where nothing is due.

        After this process stood still, what streams tell may have waited in a buffer, and does not show that
        there was a blind spell: then a node has to say so.
        """
        now = monotonic()
        self._doubtful = self._doubtful or now - self._stepped > self._trusted_seconds
        self._stepped = now
        told = self._told.head
        if told is None:
            if self._is_due() or now - self._asked > HEAD_SECONDS:
                self.head = await self._ask_head()
                self._asked, self._doubtful = now, False
            return
        self.head = told
        if not self._doubtful:
            self._asked = now
        elif now - self._tried > DOUBT_SECONDS:
            self._tried = now
            await self._resolve_doubt(now, told)

    async def _resolve_doubt(self, now: float, told: int) -> None:
        with contextlib.suppress(Unavailable, TimeoutError):
            async with asyncio.timeout(HEAD_SECONDS):
                asked = await self._ask_head()
            self._asked, self._doubtful = now, False
            if asked > told + NEAR_SLOTS:  # else the streams will bring what lies between
                self.head = asked

    async def _ask_head(self) -> int:
        return await current_slot(self._rpc, commitment=at_least_confirmed(self._config.commitment))

    def _is_due(self) -> bool:
        walks = (self.walk, *self.behind)
        return any(walk is None or self.syncer.is_due(walk) for walk in walks)

    async def _catch_up(self, first: SyncState) -> int:
        """Take the walks that are behind a step further; those that are there become one with the first."""
        moved = 0
        for walk in tuple(self.behind):
            moved += await self.syncer.advance(walk, self.head, self._asked)
            if walk.cursor >= first.cursor and walk.buckets is not None:
                first.buckets = (first.buckets or frozenset()) | walk.buckets
                self.behind.remove(walk)
        return moved

    async def _take_up(self, assignment: Assignment) -> None:
        """Begin what has become ours where it is complete, and leave what has not."""
        if assignment.fence != self._assignment.fence:
            self.walk = None  # others may have been further under other epochs
        self._assignment = assignment
        if assignment.buckets is None:
            self.walk = self.walk or await self._begin_all()
        elif not assignment.buckets:
            self.walk, self.behind = None, []
        else:
            await self._share(assignment.buckets)

    async def _begin_all(self) -> SyncState:
        """Where to go on: at the stored cursor; at the head of the chain when there is none."""
        stored = await read_cursor(self._database, chain=self._config.chain, feed=FEED)
        if stored is not None:
            return self.syncer.walk(stored.slot)
        walk = self.syncer.walk(self.head)
        await self.syncer.checkpoint(walk)
        log.info("Blocks are read from slot %d on", self.head)
        return walk

    async def _share(self, ours: frozenset[int]) -> None:
        """Walk for these buckets and no others."""
        walks = [walk for walk in (self.walk, *self.behind) if walk is not None]
        for walk in walks:
            walk.buckets = (walk.buckets or frozenset()) & ours
        walks = sorted((walk for walk in walks if walk.buckets), key=lambda walk: -walk.cursor)
        self.walk, self.behind = (walks[0] if walks else None), walks[1:]
        gained = ours.difference(*(walk.buckets or () for walk in walks))
        if gained:
            self._begin_shards(await self._shard_cursors(gained))

    async def _shard_cursors(self, buckets: frozenset[int]) -> Mapping[int, int]:
        cursors = await shard_cursors(self._database, chain=self._config.chain, feed=FEED, buckets=buckets)
        if len(cursors) == len(buckets):
            return cursors
        await begin_shards(self._database, chain=self._config.chain, feed=FEED, slot=self.head)
        return await shard_cursors(self._database, chain=self._config.chain, feed=FEED, buckets=buckets)

    def _begin_shards(self, cursors: Mapping[int, int]) -> None:
        """Buckets that are complete as far as the first walk join it; the others have one behind it."""
        if self.walk is None:
            self.walk = self.syncer.walk(max(cursors.values()), frozenset())
        level = frozenset(bucket for bucket, slot in cursors.items() if slot >= self.walk.cursor)
        self.walk.buckets = (self.walk.buckets or frozenset()) | level
        late = cursors.keys() - level
        if late:
            slowest = min(cursors[bucket] for bucket in late)
            self.behind.append(self.syncer.walk(slowest, frozenset(late)))

    async def _rest(self, seconds: float) -> None:
        """Wait so long; at the head of the chain, until a new slot at the latest."""
        if self.walk is not None and self.walk.cursor < self.head:
            await asyncio.sleep(seconds)
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        self._woken.clear()

    def _pause(self, moved: int, took: float) -> float:
        """Until the next look: none when behind, but for the limit of blocks a second."""
        if not self._is_due():
            self._stuck = 0
            return HEAD_SECONDS
        behind = bool(self.behind) or (self.walk is not None and self.walk.cursor < self.head)
        self._stuck = self._stuck + 1 if behind and not moved else 0
        if behind and moved:
            most = self._config.at_once * (1 + len(self.behind))  # slots without a block cost no request
            return max(0.0, min(moved, most) / self._config.per_second - took)
        return self._config.poll_seconds * min(1 + self._stuck, _MAX_STUCK_FACTOR)
