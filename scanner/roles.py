"""Roles: whether a scanner watches all wallets, a share of them, or stands by."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from domain.errors import Unavailable
from domain.sharding import buckets_of
from runtime.clock import monotonic
from runtime.observability.metrics import lease_epoch
from runtime.periodic import run_periodically
from scanner.membership import Instance, Membership
from storage.coordination.instances import MemberRole
from storage.coordination.leases import Fence, drop_lease, take_lease

log = logging.getLogger(__name__)

NO_BUCKETS: frozenset[int] = frozenset()
LEASE_SECONDS = 6.0
RENEW_SECONDS = 2.0
STANDBY_SECONDS = 0.5
"""How often who stands by looks whether the lease has ended."""
HEARTBEAT_SECONDS = 2.0
SILENT_SECONDS = 6.0
"""A scanner without a heartbeat for this long is out; its wallets move."""
HANDOVER_SECONDS = 5.0
"""How long a scanner continues with what it has lost to a newcomer; what both see is stored once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What to watch now."""

    buckets: frozenset[int] | None = None
    """None: all wallets; else the wallets in these buckets, of which there may be none."""
    fence: Fence | None = None
    """The lease under which this scanner writes; None: it needs none."""


UNASSIGNED = Assignment(buckets=NO_BUCKETS)


class Role(Protocol):
    """Decides on the assignment of this scanner, as others come and go."""

    name: str

    @property
    def assignment(self) -> Assignment:
        """The assignment of now."""

    @property
    def watched(self) -> frozenset[int] | None:
        """The buckets whose wallets are loaded and subscribed to, if only to stand by; None: all."""

    async def run(self) -> None:
        """Keep the assignment true until cancelled."""

    async def leave(self) -> None:
        """End in order, so that others may take over at once."""

    def fenced(self) -> None:
        """A write was refused: another scanner holds the lease."""


class ActiveActive:
    """Every scanner watches all wallets; unique keys keep each activity stored once."""

    name = "active-active"
    assignment = Assignment()
    watched: frozenset[int] | None = None

    async def run(self) -> None:
        """Nothing to do."""
        await asyncio.Event().wait()

    async def leave(self) -> None:
        """Nothing to release."""

    def fenced(self) -> None:
        """It writes without a lease."""


ALL_WALLETS = ActiveActive()
"""It holds no state, so one serves for all."""


class Sharded:
    """The live scanners share the wallets by rendezvous hashing.

    If two scanners disagree for some seconds about who is there, nothing is lost: what both watch is stored
    once, and what neither watches waits at the cursor of its bucket.
    """

    name = "sharded"

    def __init__(self, instance: Instance, changed: Callable[[Assignment], None]) -> None:
        """Begin without any wallets.

        Args:
            instance: this scanner.
            changed: called at once with each new assignment; it must not wait.
        """
        self.assignment = UNASSIGNED
        self.membership = Membership(instance, MemberRole.SCANNER, silent_seconds=SILENT_SECONDS)
        self._instance_id = instance.instance_id
        self._changed = changed
        self._owned_at: dict[int, float] = {}

    @property
    def watched(self) -> frozenset[int] | None:
        """The buckets of its own wallets."""
        return self.assignment.buckets

    async def run(self) -> None:
        """Send heartbeats until cancelled."""
        await run_periodically(
            self.update,
            seconds=HEARTBEAT_SECONDS,
            log=log,
            delayed="The shares of wallets are not updated: %s",
            level=logging.WARNING,
        )

    async def update(self) -> None:
        """Send one heartbeat, and take the share that follows from it."""
        self._own(buckets_of(self._instance_id, await self.membership.beat()))

    async def leave(self) -> None:
        """The others share what was ours at their next heartbeat."""
        await self.membership.leave()

    def fenced(self) -> None:
        """It writes without a lease."""

    def _own(self, owned: frozenset[int]) -> None:
        now = monotonic()
        self._owned_at.update(dict.fromkeys(owned, now))
        kept = frozenset(b for b, since in self._owned_at.items() if since >= now - HANDOVER_SECONDS)
        if kept != self.assignment.buckets:
            self.assignment = Assignment(buckets=kept)
            self._changed(self.assignment)


class Leader:
    """One scanner works and the others stand by; the holder of the lease leads, and its writes are fenced.

    Who stands by has its streams subscribed and the watched wallets loaded, and drops what is pushed: once it
    leads, it reads on from the cursor.
    """

    name = "leader"
    watched: frozenset[int] | None = None

    def __init__(
        self,
        instance: Instance,
        changed: Callable[[Assignment], None],
        *,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        """Begin as one that stands by.

        Args:
            instance: this scanner.
            changed: called at once with each new assignment; it must not wait.
            lease_seconds: how long a leader that says nothing more keeps the lease.
        """
        self.assignment = UNASSIGNED
        self._instance = instance
        self._changed = changed
        self._lease = f"scanner:{instance.chain}"
        self._seconds = lease_seconds
        self._expires_at = 0.0

    async def run(self) -> None:
        """Take the lease when it is free and renew it in time until cancelled."""
        while True:
            try:
                await self.update()
            except Unavailable as error:
                log.warning("The lease is not renewed: %s", error)
                self._expire()
            pause = RENEW_SECONDS if self.assignment.fence else STANDBY_SECONDS
            await asyncio.sleep(self._seconds * pause / LEASE_SECONDS)

    async def update(self) -> None:
        """Take or renew the lease, or see that another scanner holds it."""
        asked, owner = monotonic(), self._instance.instance_id
        epoch = await take_lease(
            self._instance.database, name=self._lease, owner=owner, seconds=self._seconds
        )
        lease_epoch.labels(self._lease).set(epoch or 0)
        if epoch is None:
            self._become(UNASSIGNED)
            return
        self._expires_at = asked + self._seconds
        self._become(Assignment(fence=Fence(name=self._lease, owner=owner, epoch=epoch)))

    async def leave(self) -> None:
        """Another scanner may have the lease at once."""
        instance = self._instance
        try:
            await drop_lease(instance.database, name=self._lease, owner=instance.instance_id)
        except Unavailable as error:
            log.info("The lease ends by itself: %s", error)

    def fenced(self) -> None:
        """Another scanner leads; stand by."""
        self._become(UNASSIGNED)

    def _expire(self) -> None:
        if monotonic() > self._expires_at:
            self._become(UNASSIGNED)

    def _become(self, assignment: Assignment) -> None:
        if assignment == self.assignment:
            return
        if assignment.fence:
            log.info("Leads with epoch %d", assignment.fence.epoch)
        else:
            log.info("Stands by")
        self.assignment = assignment
        self._changed(assignment)


def role_for(mode: str, instance: Instance, changed: Callable[[Assignment], None]) -> Role:
    """The role of this name (SCANNER_MODE).

    Args:
        mode: `sharded`, `leader` or `active-active`.
        instance: this scanner.
        changed: called at once with each new assignment; it must not wait.
    """
    if mode == Sharded.name:
        return Sharded(instance, changed)
    if mode == Leader.name:
        return Leader(instance, changed)
    return ALL_WALLETS
