"""Which strands of wallets this processor has: an even share, each under a lease that others respect.

Two processors never have a strand at the same time, so what waits in it is stored in its order: a
transaction commits only while the leases stand (`storage/coordination/leases.py`).
"""

import asyncio
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from domain.errors import Unavailable
from domain.sharding import partitions_of
from runtime.clock import monotonic
from runtime.observability.metrics import processor_partitions
from storage.coordination.leases import Fence, drop_leases, take_leases
from storage.coordination.membership import MemberRole, leave_membership, membership_heartbeat
from storage.postgres import Database

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
LEASE_SECONDS = 5.0
SILENT_SECONDS = 5.0
"""A processor that did not answer the roll call for so long is out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Where a processor works, and under which name."""

    database: Database
    chain: str
    instance_id: str


class Partitions:
    """Keeps the share of one processor true, as others come and go."""

    def __init__(self, post: Post) -> None:
        self.held: Mapping[int, Fence] = {}
        """The strands that are ours, each with its lease. Replaced, never changed."""
        self.members: frozenset[str] = frozenset()
        self._post = post
        self._held_until = 0.0
        self._change = asyncio.Event()
        self._look_now = asyncio.Event()

    async def run(self) -> None:
        """Answer the roll call and renew the leases, for ever."""
        while True:
            try:
                await self.look()
            except Unavailable as error:
                log.warning("The strands are shared as before: %s", error)
                self._doubt()
            await self._rest()

    async def look(self) -> None:
        """One roll call, and the leases that follow from it."""
        post, asked = self._post, monotonic()
        members = await membership_heartbeat(
            post.database,
            chain=post.chain,
            role=MemberRole.PROCESSOR,
            instance_id=post.instance_id,
            seconds=SILENT_SECONDS,
        )
        if members != self.members:
            log.info("%d processors share the wallets", len(members))
        self.members = members
        wanted = partitions_of(post.instance_id, members)
        await self._drop(self.held.keys() - wanted)
        await self._take(wanted)
        self._held_until = asked + LEASE_SECONDS

    def fenced(self) -> None:
        """A write was refused: look at once who has what."""
        self._become({})
        self._look_now.set()

    async def changed(self, seconds: float) -> None:
        """Return when the share has changed, or after so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._change.wait()
        except TimeoutError:
            return

    async def leave(self) -> None:
        """This processor ends in order: others may have its strands at once."""
        post = self._post
        try:
            await leave_membership(
                post.database,
                chain=post.chain,
                role=MemberRole.PROCESSOR,
                instance_id=post.instance_id,
            )
            await self._drop(self.held.keys())
        except Unavailable as error:
            log.info("Leaves without a word: %s", error)

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._look_now.wait()
        except TimeoutError:
            return
        finally:
            self._look_now.clear()

    async def _take(self, wanted: Collection[int]) -> None:
        post, names = self._post, {_lease(self._post.chain, partition): partition for partition in wanted}
        epochs = await take_leases(
            post.database, names=names.keys(), owner=post.instance_id, seconds=LEASE_SECONDS
        )
        fences = (Fence(name=name, owner=post.instance_id, epoch=epoch) for name, epoch in epochs.items())
        self._become({names[fence.name]: fence for fence in fences})

    async def _drop(self, partitions: Collection[int]) -> None:
        if partitions:
            dropped = frozenset(partitions)
            self._become(
                {partition: fence for partition, fence in self.held.items() if partition not in dropped}
            )
            names = [_lease(self._post.chain, partition) for partition in dropped]
            await drop_leases(self._post.database, names=names, owner=self._post.instance_id)

    def _doubt(self) -> None:
        if monotonic() > self._held_until:
            self._become({})

    def _become(self, held: Mapping[int, Fence]) -> None:
        if held == self.held:
            return
        self.held = held
        processor_partitions.set(len(held))
        self._change.set()
        self._change = asyncio.Event()


def _lease(chain: str, partition: int) -> str:
    return f"strand:{chain}:{partition}"
