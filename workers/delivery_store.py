"""The sender's outbox: deliveries in PostgreSQL, claimed in the name of this process."""

from __future__ import annotations

from collections.abc import Sequence

from domain.delivery.deliveries import ClaimedDelivery, DeliveryTransition
from domain.rules.lanes import Lane
from storage.chats import chats
from storage.delivery import deliveries
from storage.delivery.deliveries import EACH, EACH_ALONE
from storage.postgres import Database

MAX_CLAIMED = 500
"""Deliveries claimed together, where many become one message."""


class StoredOutbox:
    """The sender's `Outbox` on PostgreSQL; `group_messages`: whether one message may hold several."""

    def __init__(self, database: Database, *, owner: str, group_messages: bool = True) -> None:
        self._database = database
        self._group_messages = group_messages
        self._owner = owner

    async def claim(self, room: int, up_to: Lane) -> list[ClaimedDelivery]:
        """Take the right to send, by lane and turn; of no more chats than there is room for."""
        limit, each = (max(room, MAX_CLAIMED), EACH) if self._group_messages else (room, EACH_ALONE)
        return await deliveries.claim(
            self._database, owner=self._owner, limit=limit, chats=room, each=each, up_to=up_to
        )

    async def mark(self, delivery_ids: Sequence[int]) -> set[int]:
        """Commit that these are being sent; those that may be."""
        return await deliveries.mark_sending(self._database, owner=self._owner, delivery_ids=delivery_ids)

    async def record_results(self, transitions: Sequence[DeliveryTransition]) -> None:
        """Note what became of marked ones."""
        await deliveries.record_results(self._database, owner=self._owner, transitions=transitions)

    async def release(self, delivery_ids: Sequence[int], wait: float) -> None:
        """Give back what was not marked; due again after so many seconds."""
        await deliveries.release(self._database, owner=self._owner, delivery_ids=delivery_ids, wait=wait)

    async def close_chat(self, chat_id: int, reason: str) -> None:
        """Nothing can be sent there any more."""
        await chats.close_chat(self._database, chat_id, reason)

    async def migrate_chat(self, old_id: int, new_id: int) -> None:
        """The group has a new id."""
        await chats.migrate_chat(self._database, old_id=old_id, new_id=new_id)
