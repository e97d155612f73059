"""The reconciliation: every slot from the stored cursor on. It makes the scanner complete.

`ChainHead` says how far the chain is, `AssignedStates` what is ours and how far that is complete, and the
syncer advances each state. This loop paces them.
"""

import asyncio
import contextlib
import logging
import random

from domain.errors import Unavailable
from runtime.clock import monotonic
from runtime.observability.metrics import ingest_slot_lag
from runtime.processes.backoff import Backoff
from scanner.reconcile.assigned_states import AssignedStates
from scanner.reconcile.chain_head import ASK_SECONDS, ChainHead
from scanner.reconcile.sync_state import SyncConfig, Syncer
from scanner.roles import Role
from storage.coordination.leases import Fenced

log = logging.getLogger(__name__)

MIN_STEP_SECONDS = 0.02
"""From one step to the next at least, whoever wakes the loop how often."""
_MAX_STUCK_FACTOR = 16
"""Times the usual pause, where the next slot is not to be had."""
_BACKOFF = Backoff(first_wait=0.25, factor=2.0, max_wait=10.0)


class Reconciler:
    """Advances from the stored cursor to the head of the chain, for ever."""

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
        """Build it.

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

    @property
    def lag(self) -> int:
        """Slots from the cursor to the head; 0 while nothing is begun."""
        return max(0, self._head.slot - self.cursor) if self.cursor is not None else 0

    async def run(self) -> None:
        """Reconcile for ever; servers that are away only cost time."""
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
        """Advance each state once; by how many slots the cursors moved.

        Raises:
            Unavailable: a server did not answer; nothing is lost by that.
        """
        await self._head.update(is_due=self._is_due())
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
