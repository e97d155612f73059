"""The live instances that share the wallets of a chain: scanners by buckets, processors by partitions."""

import logging
from dataclasses import dataclass

from domain.errors import Unavailable
from storage.coordination.instances import MemberRole, leave_membership, membership_heartbeat
from storage.postgres import Database

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """This process among the others of its chain."""

    database: Database
    chain: str
    instance_id: str


class Membership:
    """This instance as one member of a role, and the members that it sees."""

    def __init__(self, instance: Instance, role: MemberRole, *, silent_seconds: float) -> None:
        """Join with the first heartbeat.

        Args:
            instance: who joins.
            role: what the members share.
            silent_seconds: a member without a heartbeat for this long is out, and its share moves.
        """
        self.members: frozenset[str] = frozenset()
        """All members at the last heartbeat."""
        self._instance = instance
        self._role = role
        self._silent_seconds = silent_seconds

    async def beat(self) -> frozenset[str]:
        """Send one heartbeat, and return all members, this one included.

        Raises:
            DatabaseUnavailable: the members are those of before.
        """
        instance = self._instance
        members = await membership_heartbeat(
            instance.database,
            chain=instance.chain,
            role=self._role,
            instance_id=instance.instance_id,
            seconds=self._silent_seconds,
        )
        if members != self.members:
            log.info("%d %ss share the wallets", len(members), self._role)
        self.members = members
        return members

    async def leave(self) -> None:
        """End in order, so that the others share what was ours at their next heartbeat."""
        instance = self._instance
        try:
            await leave_membership(
                instance.database, chain=instance.chain, role=self._role, instance_id=instance.instance_id
            )
        except Unavailable as error:
            log.info("Leaves without releasing its share: %s", error)
