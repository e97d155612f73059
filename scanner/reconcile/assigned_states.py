"""The sync states of what is assigned to this scanner: one at the head of the chain, and those behind it.

Where scanners share the wallets, those that came from another scanner may be complete only up to an earlier
slot. They have a state of their own, which is advanced beside the first until it has caught up and merges.
"""

import logging
from collections.abc import Mapping, Sequence

from chain.parsing.json_shapes import MAX_INTEGER
from runtime.observability.metrics import cursors_healed
from scanner.commit.sink import FEED, CommitSink, SyncedSlots
from scanner.reconcile.missing_slots import MissingSlots
from scanner.reconcile.sync_state import SyncConfig, SyncState
from scanner.roles import UNASSIGNED, Assignment
from storage.admin.discoveries import discover
from storage.ingest.cursors import heal_cursors, read_cursor
from storage.ingest.shards import begin_shards, shard_cursors
from storage.postgres import Database

log = logging.getLogger(__name__)

HEALED = (
    "A stored cursor stood at slot {cursor:,}, which the chain cannot have reached: a node had named a slot"
    " that there is not. Blocks are read again from slot {slot:,} on; nothing is told twice. Check the nodes"
    " in RPC_URLS."
)


class AssignedStates:
    """Begins states where wallets are complete, and drops what is assigned to others."""

    def __init__(
        self, database: Database, sink: CommitSink, config: SyncConfig, *, providers: Sequence[str]
    ) -> None:
        """Begin without a state.

        Args:
            database: where the cursors stand.
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
        """The first state, and those behind it."""
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
