"""What one scanner is responsible for, and who decides it: all wallets, a share, or nothing for now."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from domain.errors import Unavailable
from domain.sharding import buckets_of
from runtime.clock import monotonic
from runtime.observability.metrics import lease_epoch
from storage.coordination.leases import Fence, drop_lease, take_lease
from storage.coordination.membership import MemberRole, leave_membership, membership_heartbeat
from storage.postgres import Database

log = logging.getLogger(__name__)

NOTHING: frozenset[int] = frozenset()
LEASE_SECONDS = 6.0
RENEW_SECONDS = 2.0
MEMBERSHIP_SECONDS = 2.0
SILENT_SECONDS = 6.0
"""A scanner that did not answer the roll call for so long is out; its wallets move."""
HANDOVER_SECONDS = 5.0
"""How long a scanner goes on with what it has lost to a newcomer; what both see is stored once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What to watch now."""

    buckets: frozenset[int] | None = None
    """None: all wallets; else those in these buckets, of which there may be none."""
    fence: Fence | None = None
    """The lease under which is written; None: none is needed."""


UNASSIGNED = Assignment(buckets=NOTHING)


class Role(Protocol):
    """Decides on the duty of this scanner, as others come and go."""

    name: str

    @property
    def assignment(self) -> Assignment:
        """The duty of now."""

    async def run(self) -> None:
        """Keep the duty true, for ever."""

    async def leave(self) -> None:
        """This scanner ends in order: others may take over at once."""

    def fenced(self) -> None:
        """A write was refused: somebody else works under the lease."""


class ActiveActive:
    """Every scanner watches all wallets; unique keys make it once."""

    name = "active-active"
    assignment = Assignment()

    async def run(self) -> None:
        """There is nothing to keep."""
        await asyncio.Event().wait()

    async def leave(self) -> None:
        """Nobody has to know."""

    def fenced(self) -> None:
        """It writes without a lease."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Where a role sits: under which names, and who hears of a new duty."""

    database: Database
    chain: str
    instance_id: str
    changed: Callable[[Assignment], None]
    """Called at once with each new duty. It must not wait."""


class Sharded:
    """The live scanners share the wallets by rendezvous hashing.

    That two disagree for some seconds about who is there costs nothing: what both watch is stored once, and
    what neither watches waits at its bucket's cursor.
    """

    name = "sharded"

    def __init__(self, seat: Seat) -> None:
        self.assignment = UNASSIGNED
        self.members: frozenset[str] = frozenset()
        self._seat = seat
        self._owned_at: dict[int, float] = {}

    async def run(self) -> None:
        """Answer the roll call, for ever."""
        while True:
            try:
                await self.look()
            except Unavailable as error:
                log.warning("The wallets are shared as before: %s", error)
            await asyncio.sleep(MEMBERSHIP_SECONDS)

    async def look(self) -> None:
        """One roll call, and the share that follows from it."""
        seat = self._seat
        members = await membership_heartbeat(
            seat.database,
            chain=seat.chain,
            role=MemberRole.SCANNER,
            instance_id=seat.instance_id,
            seconds=SILENT_SECONDS,
        )
        if members != self.members:
            log.info("%d scanners share the wallets", len(members))
        self.members = members
        self._own(buckets_of(seat.instance_id, members))

    async def leave(self) -> None:
        """The others share what was ours at their next roll call."""
        try:
            await leave_membership(
                self._seat.database,
                chain=self._seat.chain,
                role=MemberRole.SCANNER,
                instance_id=self._seat.instance_id,
            )
        except Unavailable as error:
            log.info("Leaves without a word: %s", error)

    def fenced(self) -> None:
        """It writes without a lease."""

    def _own(self, owned: frozenset[int]) -> None:
        now = monotonic()
        self._owned_at.update(dict.fromkeys(owned, now))
        kept = frozenset(b for b, since in self._owned_at.items() if since >= now - HANDOVER_SECONDS)
        if kept != self.assignment.buckets:
            self.assignment = Assignment(buckets=kept)
            self._seat.changed(self.assignment)


class Leader:
    """One scanner works, the others are ready; who holds the lease is the one, and its writes are fenced."""

    name = "leader"

    def __init__(self, seat: Seat, *, lease_seconds: float = LEASE_SECONDS) -> None:
        self.assignment = UNASSIGNED
        self._seat = seat
        self._lease = f"scanner:{seat.chain}"
        self._seconds = lease_seconds
        self._holds_until = 0.0

    async def run(self) -> None:
        """Take the lease when it is free and renew it in time, for ever."""
        while True:
            try:
                await self.look()
            except Unavailable as error:
                log.warning("The lease is not renewed: %s", error)
                self._doubt()
            await asyncio.sleep(self._seconds * RENEW_SECONDS / LEASE_SECONDS)

    async def look(self) -> None:
        """Take or renew the lease, or see that somebody else holds it."""
        asked = monotonic()
        seat = self._seat
        epoch = await take_lease(
            seat.database, name=self._lease, owner=seat.instance_id, seconds=self._seconds
        )
        lease_epoch.labels(self._lease).set(epoch or 0)
        if epoch is None:
            self._become(UNASSIGNED)
            return
        self._holds_until = asked + self._seconds
        self._become(Assignment(fence=Fence(name=self._lease, owner=seat.instance_id, epoch=epoch)))

    async def leave(self) -> None:
        """The next one may have the lease at once."""
        try:
            await drop_lease(self._seat.database, name=self._lease, owner=self._seat.instance_id)
        except Unavailable as error:
            log.info("The lease ends by itself: %s", error)

    def fenced(self) -> None:
        """Somebody else leads; stand by."""
        self._become(UNASSIGNED)

    def _doubt(self) -> None:
        if monotonic() > self._holds_until:
            self._become(UNASSIGNED)

    def _become(self, assignment: Assignment) -> None:
        if assignment == self.assignment:
            return
        log.info("Leads with epoch %d", assignment.fence.epoch) if assignment.fence else log.info("Stands by")
        self.assignment = assignment
        self._seat.changed(assignment)


def role_for(mode: str, seat: Seat) -> Role:
    """The role of this name (SCANNER_MODE)."""
    if mode == Sharded.name:
        return Sharded(seat)
    if mode == Leader.name:
        return Leader(seat)
    return ActiveActive()
