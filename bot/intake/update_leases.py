"""The right to handle a chat's updates, one after the other, across instances: leases in PostgreSQL."""

import logging
from dataclasses import dataclass

from storage.chats import updates
from storage.chats.updates import UpdateLease
from storage.postgres import Database

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateLeases:
    """The stored updates as one instance works through them."""

    database: Database
    owner: str

    async def take(self, chat_id: int) -> UpdateLease | None:
        """Lease the oldest open update of a chat; None if there is none or another instance works on it."""
        return await updates.lease_next_update(self.database, chat_id=chat_id, owner=self.owner)

    async def finish(self, lease: UpdateLease, error: str | None = None) -> None:
        """Close the update: it is handled, or it has failed for good with `error`."""
        if not await updates.finish_update(self.database, lease, owner=self.owner, error=error):
            log.warning("Update %d took too long; another instance has it", lease.update_id)

    async def postpone(self, lease: UpdateLease, *, seconds: float, refund_attempt: bool) -> None:
        """Leave the chat alone for a while.

        Args:
            lease: the update that could not be handled.
            seconds: the pause.
            refund_attempt: the update was not at fault, so the attempt does not count.
        """
        await updates.postpone_update(
            self.database, lease, owner=self.owner, seconds=seconds, refund_attempt=refund_attempt
        )

    async def waiting(self, *, older_than: float, limit: int) -> list[int]:
        """Chats with updates older than `older_than` seconds that no instance works on."""
        return await updates.waiting_chats(self.database, older_than=older_than, limit=limit)
