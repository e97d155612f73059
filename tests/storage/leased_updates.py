"""Leases the update of one chat, as several tests need it; bots lease those of many chats at once."""

from storage.chats.update_leases import UpdateLease, lease_next_updates
from storage.postgres import Database


async def lease_next_update(database: Database, *, chat_id: int, owner: str) -> UpdateLease | None:
    """Lease the oldest open update of a chat; None: there is none, or another owner has a lease there."""
    return (await lease_next_updates(database, [chat_id], owner=owner)).get(chat_id)
