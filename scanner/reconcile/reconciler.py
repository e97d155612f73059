"""The reconciliation: every slot from the stored cursor on. It makes the scanner complete.

It advances the sync states of what is assigned to this scanner: one at the head of the chain, and those
behind it.

Where scanners share the wallets, those that came from another scanner may be complete only up to an earlier
slot. They have a state of their own, which is advanced beside the first until it has caught up and merges.

`ChainHead` says how far the chain is, `AssignedStates` what is ours and how far that is complete, and the
syncer advances each state. This loop paces them.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Mapping, Sequence

from chain.parsing.json_shapes import MAX_INTEGER
from domain.backoff import Backoff
from domain.errors import Unavailable
from runtime.clock import monotonic
from runtime.observability.metrics import cursors_healed, ingest_slot_lag
from scanner.commit.sink import FEED, CommitSink, SyncedSlots
from scanner.reconcile.chain_head import ASK_SECONDS, ChainHead
from scanner.reconcile.sync_state import MissingSlots, SyncConfig, Syncer, SyncState
from scanner.roles import NO_BUCKETS, UNASSIGNED, Assignment, Role
from storage.admin.operators import discover
from storage.coordination.leases import Fenced
from storage.ingest.cursors import begin_shards, heal_cursors, read_cursor, shard_cursors
from storage.postgres import Database

log = logging.getLogger(__name__)
HEALED = (
    "A stored cursor stood at slot {cursor:,}, which the chain cannot have reached: a node had named a slot"
    " that there is not. Blocks are read again from slot {slot:,} on; nothing is told twice. Check the nodes"
    " in RPC_URLS."
)

MIN_STEP_SECONDS = 0.02
"""From one step to the next at least, whoever wakes the loop how often."""
_MAX_STUCK_FACTOR = 16
"""Times the usual pause, where the next slot is not to be had."""
_BACKOFF = Backoff(first_wait=0.25, factor=2.0, max_wait=10.0)


class AssignedStates:
    """Begins states where wallets are complete, and drops what is assigned to others."""

    def __init__(
        self, database: Database, sink: CommitSink, config: SyncConfig, *, providers: Sequence[str]
    ) -> None:
        """Begin without a state.

        Args:
            database: where the cursors are stored.
            sink: stores where a feed begins.
            config: what is reconciled.
            providers: names of all nodes.
        """
        self.first: SyncState | None = None
        """The state at the head; None: not begun, or another scanner has the assignment."""
        self.behind: list[SyncState] = []
        """States of wallets that came from other scanners and are not complete so far."""
        self._database = database
        self._sink = sink
        self._config = config
        self._providers = providers
        self._assignment = UNASSIGNED

    @property
    def all(self) -> Sequence[SyncState | None]:
        """The first state, or None where there is none, and those behind it."""
        return (self.first, *self.behind)

    async def assign(self, assignment: Assignment, head: int, *, highest_possible: int = MAX_INTEGER) -> None:
        """Begin what has become ours where it is complete, and drop what has not.

        Args:
            assignment: what is ours now.
            head: where a feed begins that was never read.
            highest_possible: a slot that the chain cannot have passed; a state above it is healed.

        Raises:
            DatabaseUnavailable: assign it again.
        """
        await self._assign(assignment, head)
        cursor = max((state.cursor for state in self.all if state is not None), default=0)
        if cursor > highest_possible:
            await self._heal(cursor, head, highest_possible)
            self._assignment = UNASSIGNED
            await self._assign(assignment, head)

    async def _heal(self, cursor: int, head: int, highest_possible: int) -> None:
        """Set back what is stored, forget the states, and tell operators."""
        chain = self._config.chain
        self.first, self.behind = None, []
        slot = await heal_cursors(self._database, chain=chain, highest_possible=highest_possible, head=head)
        if slot is None:
            return  # another scanner has done it
        sentence = HEALED.format(cursor=cursor, slot=slot)
        log.error("%s", sentence)
        cursors_healed.inc()
        await discover(self._database, chain=chain, about=f"healed cursor {cursor} {slot}", sentence=sentence)

    async def _assign(self, assignment: Assignment, head: int) -> None:
        if assignment.fence != self._assignment.fence:
            self.first = None  # others may have been further under other epochs
        self._assignment = assignment
        if assignment.buckets is None:
            self.first = self.first or await self._begin_all(head)
        elif not assignment.buckets:
            self.first, self.behind = None, []
        else:
            await self._share(assignment.buckets, head)

    def merge(self, state: SyncState) -> None:
        """Make a state one with the first, if it has caught up with it."""
        first = self.first
        if first is not None and state.cursor >= first.cursor and state.buckets is not None:
            first.buckets = (first.buckets or frozenset()) | state.buckets
            self.behind.remove(state)

    def _new(self, cursor: int, buckets: frozenset[int] | None = None) -> SyncState:
        missing = MissingSlots(self._providers, patience=self._config.patience_seconds)
        return SyncState(cursor=cursor, buckets=buckets, missing=missing)

    async def _begin_all(self, head: int) -> SyncState:
        """Go on at the stored cursor, or at the head of the chain if there is none."""
        stored = await read_cursor(self._database, chain=self._config.chain, feed=FEED)
        if stored is not None:
            return self._new(stored.slot)
        await self._sink.checkpoint(SyncedSlots(after=head, upto=head))
        log.info("Blocks are read from slot %d on", head)
        return self._new(head)

    async def _share(self, ours: frozenset[int], head: int) -> None:
        """Keep states for these buckets and no others."""
        states = [state for state in self.all if state is not None]
        for state in states:
            state.buckets = (state.buckets or frozenset()) & ours
        states = sorted((state for state in states if state.buckets), key=lambda state: -state.cursor)
        self.first, self.behind = (states[0] if states else None), states[1:]
        gained = ours.difference(*(state.buckets or () for state in states))
        if gained:
            self._begin_shards(await self._shard_cursors(gained, head))

    async def _shard_cursors(self, buckets: frozenset[int], head: int) -> Mapping[int, int]:
        chain = self._config.chain
        cursors = await shard_cursors(self._database, chain=chain, feed=FEED, buckets=buckets)
        if len(cursors) == len(buckets):
            return cursors
        await begin_shards(self._database, chain=chain, feed=FEED, slot=head)
        return await shard_cursors(self._database, chain=chain, feed=FEED, buckets=buckets)

    def _begin_shards(self, cursors: Mapping[int, int]) -> None:
        """Let buckets that are complete as far as the first state join it, and the others follow behind."""
        if self.first is None:
            self.first = self._new(max(cursors.values()), frozenset())
        level = frozenset(bucket for bucket, slot in cursors.items() if slot >= self.first.cursor)
        self.first.buckets = (self.first.buckets or frozenset()) | level
        late = cursors.keys() - level
        if late:
            slowest = min(cursors[bucket] for bucket in late)
            self.behind.append(self._new(slowest, frozenset(late)))


class Reconciler:
    """Advances from the stored cursor to the head of the chain until cancelled."""

    def __init__(
        self,
        syncer: Syncer,
        states: AssignedStates,
        head: ChainHead,
        role: Role,
        config: SyncConfig,
        *,
        wake: asyncio.Event,
    ) -> None:
        """Create it.

        Args:
            syncer: advances states.
            states: what is ours, and how far it is complete.
            head: how far the chain is.
            role: says what is assigned to this scanner.
            config: how fast to read.
            wake: ends the rest at the head of the chain as soon as there is something new.
        """
        self.advanced = monotonic()
        """When it last found itself at the head, or moved."""
        self._syncer = syncer
        self._states = states
        self._head = head
        self._role = role
        self._config = config
        self._wake = wake
        self._stuck = 0

    @property
    def cursor(self) -> int | None:
        """Everything of ours up to here is stored, but for what is behind; None: not begun."""
        return None if self._states.first is None else self._states.first.cursor

    def problems(self) -> dict[str, str]:
        """Nodes that are not believed how far the chain is, by name, with what to do."""
        return self._head.problems()

    @property
    def lag(self) -> int:
        """Slots from the cursor to the head; 0 while nothing is begun."""
        return max(0, self._head.slot - self.cursor) if self.cursor is not None else 0

    async def run(self) -> None:
        """Reconcile until cancelled; unavailable servers only cost time."""
        failures = 0
        while True:
            began = monotonic()
            try:
                moved = await self.step()
            except Unavailable as error:
                if isinstance(error, Fenced):
                    self._role.fenced()
                failures += 1
                log.warning("Blocks wait at slot %s: %s", self.cursor, error)
                await asyncio.sleep(_BACKOFF.wait(failures, random.random()))  # noqa: S311 - spreads retries
            else:
                failures = 0
                await self._rest(self._pause(moved, monotonic() - began))
                if not moved:
                    await asyncio.sleep(began + MIN_STEP_SECONDS - monotonic())

    async def step(self) -> int:
        """Advance each state once; return by how many slots the cursors moved.

        Raises:
            Unavailable: a server did not answer; nothing is lost by that.
        """
        is_standby = self._role.assignment.buckets == NO_BUCKETS
        await self._head.update(is_due=not is_standby and self._is_due())
        await self._states.assign(
            self._role.assignment, self._head.slot, highest_possible=self._head.highest_possible
        )
        first = self._states.first
        if first is None:
            self.advanced = monotonic()  # another scanner has the assignment
            return 0
        ingest_slot_lag.set(self.lag)
        moved = await self._syncer.advance(first, self._head.slot, self._head.asked)
        if first.newest_read[0]:
            slot, time = first.newest_read
            self._head.note_read(slot, time or None)
        if moved or self._head.slot <= first.cursor:
            self.advanced = monotonic()
        return moved + await self._catch_up()

    async def _catch_up(self) -> int:
        moved = 0
        for state in tuple(self._states.behind):
            moved += await self._syncer.advance(state, self._head.slot, self._head.asked)
            self._states.merge(state)
        return moved

    def _is_due(self) -> bool:
        return any(state is None or self._syncer.is_due(state) for state in self._states.all)

    async def _rest(self, seconds: float) -> None:
        """Wait so long; at the head of the chain, until a new slot at the latest."""
        if self._is_behind():
            await asyncio.sleep(seconds)
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        self._wake.clear()

    def _is_behind(self) -> bool:
        return self.cursor is not None and self.cursor < self._head.slot

    def _pause(self, moved: int, took: float) -> float:
        """Until the next step: none when behind, but for the limit of blocks a second."""
        if not self._is_due():
            self._stuck = 0
            return ASK_SECONDS
        late = bool(self._states.behind) or self._is_behind()
        self._stuck = self._stuck + 1 if late and not moved else 0
        if late and moved:
            fetched = self._config.max_at_once * (1 + len(self._states.behind))
            # slots without a block cost no request
            return max(0.0, min(moved, fetched) / self._config.per_second - took)
        return self._config.poll_seconds * min(1 + self._stuck, _MAX_STUCK_FACTOR)
