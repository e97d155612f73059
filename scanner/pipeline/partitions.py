"""Which partitions of wallets this processor owns: an even share, each under a lease that others respect.

Two processors never own a partition at the same time, so what waits in it is committed in its order: a
transaction commits only while the leases are held (`storage/coordination/leases.py`).
"""

import asyncio
import logging
from collections.abc import Collection, Mapping

from domain.errors import Unavailable
from domain.sharding import partitions_of
from runtime.clock import monotonic
from runtime.observability.metrics import processor_partitions
from scanner.membership import Instance, Membership
from storage.coordination.instances import MemberRole
from storage.coordination.leases import Fence, drop_leases, take_leases

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 1.0
LEASE_SECONDS = 5.0
SILENT_SECONDS = 5.0
"""A processor without a heartbeat for this long is out; its partitions move."""


class Partitions:
    """Keeps the share of one processor true, as others come and go."""

    def __init__(self, instance: Instance) -> None:
        self.owned: Mapping[int, Fence] = {}
        """The partitions that are ours, each with its lease. Replaced, never changed."""
        self.membership = Membership(instance, MemberRole.PROCESSOR, silent_seconds=SILENT_SECONDS)
        self._instance = instance
        self._expires_at = 0.0
        self._change = asyncio.Event()
        self._update_now = asyncio.Event()

    async def run(self) -> None:
        """Send heartbeats and renew the leases until cancelled."""
        while True:
            try:
                await self.update()
            except Unavailable as error:
                log.warning("The shares of partitions are not updated: %s", error)
                self._expire()
            await self._rest()

    async def update(self) -> None:
        """Send one heartbeat, and take or drop the leases that follow from it."""
        asked = monotonic()
        wanted = partitions_of(self._instance.instance_id, await self.membership.beat())
        await self._drop(self.owned.keys() - wanted)
        await self._take(wanted)
        self._expires_at = asked + LEASE_SECONDS

    def fenced(self) -> None:
        """A write was refused: find out at once which partitions are left."""
        self._replace({})
        self._update_now.set()

    async def changed(self, seconds: float) -> None:
        """Return when the share has changed, or after this long."""
        try:
            async with asyncio.timeout(seconds):
                await self._change.wait()
        except TimeoutError:
            return

    async def leave(self) -> None:
        """End in order, so that others may have the partitions at once."""
        await self.membership.leave()
        try:
            await self._drop(self.owned.keys())
        except Unavailable as error:
            log.info("The leases end by themselves: %s", error)

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await self._update_now.wait()
        except TimeoutError:
            return
        finally:
            self._update_now.clear()

    async def _take(self, wanted: Collection[int]) -> None:
        instance = self._instance
        names = {_lease(instance.chain, partition): partition for partition in wanted}
        epochs = await take_leases(
            instance.database, names=names.keys(), owner=instance.instance_id, seconds=LEASE_SECONDS
        )
        fences = (Fence(name=name, owner=instance.instance_id, epoch=epoch) for name, epoch in epochs.items())
        self._replace({names[fence.name]: fence for fence in fences})

    async def _drop(self, partitions: Collection[int]) -> None:
        if partitions:
            dropped = frozenset(partitions)
            self._replace({key: fence for key, fence in self.owned.items() if key not in dropped})
            names = [_lease(self._instance.chain, partition) for partition in dropped]
            await drop_leases(self._instance.database, names=names, owner=self._instance.instance_id)

    def _expire(self) -> None:
        if monotonic() > self._expires_at:
            self._replace({})

    def _replace(self, owned: Mapping[int, Fence]) -> None:
        if owned == self.owned:
            return
        self.owned = owned
        processor_partitions.set(len(owned))
        self._change.set()
        self._change = asyncio.Event()


def _lease(chain: str, partition: int) -> str:
    return f"partition:{chain}:{partition}"
