"""The sender's outbox of pushes: claims by webhook, results, and the data pushes need."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from domain.delivery.deliveries import ClaimedDelivery, Destination
from domain.delivery.facts import MessageFacts
from domain.delivery.results import DeliveryTransition
from domain.errors import Misconfigured, SecretUnreadable, Unavailable
from domain.rules.lanes import Lane
from domain.webhooks import Endpoint
from storage.delivery import deliveries
from storage.postgres import Connection, Database
from storage.pushes.claims import claim_pushes
from storage.pushes.results import record_pushes
from storage.sealing import Sealer
from storage.webhooks.closing import close_webhook
from storage.webhooks.webhooks import endpoints, open_endpoint
from workers.delivery_store import StoredFacts

log = logging.getLogger(__name__)


class StoredPushes:
    """The sender's `Outbox` of pushes, on PostgreSQL.

    Args:
        database: where they are stored.
        owner: this life of the process.
    """

    def __init__(self, database: Database, *, owner: str) -> None:
        self._database = database
        self._owner = owner

    async def claim(self, room: int, up_to: Lane, *, spare_room: int) -> list[ClaimedDelivery]:
        """Claim pushes; they have no lanes.

        Args:
            room: pushes that the sender may take on.
            up_to: not used.
            spare_room: not used.
        """
        del up_to, spare_room
        return await claim_pushes(self._database, owner=self._owner, limit=room)

    async def mark(self, delivery_ids: Sequence[int]) -> set[int]:
        """Mark these as sending, committed; return those that may be sent."""
        return await deliveries.mark_sending(self._database, owner=self._owner, delivery_ids=delivery_ids)

    async def record_results(self, transitions: Sequence[DeliveryTransition]) -> None:
        """Store the results of marked pushes, and the state of their webhooks."""
        await record_pushes(self._database, owner=self._owner, transitions=transitions)

    async def release(self, delivery_ids: Sequence[int], wait: float) -> None:
        """Release what was not marked; it is due again after some seconds."""
        await deliveries.release(self._database, owner=self._owner, delivery_ids=delivery_ids, wait=wait)

    async def close(self, destination: Destination, reason: str) -> None:
        """Switch the webhook off, and let its chat be notified."""

        async def work(connection: Connection) -> bool:
            return await close_webhook(connection, int(destination.address), reason)

        if await self._database.transaction(work):
            log.info("Webhook %s is off: %s", destination.address, reason)

    async def hold(self, destination: Destination, reason: str) -> None:
        """Nothing to do: a webhook rests by its recorded results."""

    async def migrate(self, destination: Destination, new_chat_id: int) -> None:
        """Nothing to do: webhooks have no new ids."""


class PushFacts:
    """What pushes need: what alerts need, and where they go.

    Args:
        database: where webhooks are stored.
        facts: of alerts.
        sealer: opens addresses and secrets.
    """

    def __init__(self, database: Database, facts: StoredFacts, sealer: Sealer) -> None:
        self._database = database
        self._facts = facts
        self._sealer = sealer

    async def read(self, claimed: Sequence[ClaimedDelivery]) -> MessageFacts:
        """Look up what these need; a webhook that cannot be read is missing."""
        return await self._facts.read(claimed, endpoints=await self._endpoints(claimed))

    async def _endpoints(self, claimed: Sequence[ClaimedDelivery]) -> dict[str, Endpoint]:
        try:
            rows = await endpoints(self._database, {int(one.address) for one in claimed})
        except Unavailable:
            return {}
        found: dict[str, Endpoint] = {}
        for row in rows:
            try:
                found[str(row["webhook_id"])] = open_endpoint(self._sealer, row)
            except (Misconfigured, SecretUnreadable) as error:
                log.warning("Webhook %d cannot be pushed to: %s", row["webhook_id"], error)
        return found
