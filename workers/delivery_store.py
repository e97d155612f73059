"""The sender's outbox: deliveries in PostgreSQL, claimed in the name of this process."""

from __future__ import annotations

from collections.abc import Sequence

from domain.delivery.deliveries import ClaimedDelivery, Destination
from domain.delivery.results import DeliveryTransition
from domain.rules.lanes import Lane
from storage.chats import chats
from storage.delivery import deliveries
from storage.delivery.claims import EACH, EACH_ALONE, claim
from storage.postgres import Database

MAX_CLAIMED = 500
"""Deliveries claimed together, where many become one message."""


class StoredDestinations:
    """The chats in PostgreSQL, as what follows a send changes them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def close(self, destination: Destination, reason: str) -> None:
        """Nothing can be sent there any more."""
        await chats.close_chat(self._database, destination.chat_id, reason)

    async def hold(self, destination: Destination, reason: str) -> None:
        """Nothing may be sent there at present."""
        await chats.hold_chat(self._database, destination.chat_id, reason)

    async def migrate(self, destination: Destination, new_chat_id: int) -> None:
        """The group has a new id."""
        await chats.migrate_chat(self._database, old_id=destination.chat_id, new_id=new_chat_id)


class StoredOutbox(StoredDestinations):
    """The sender's `Outbox` on PostgreSQL; `group_messages`: whether one message may hold several."""

    def __init__(self, database: Database, *, owner: str, group_messages: bool = True) -> None:
        super().__init__(database)
        self._group_messages = group_messages
        self._owner = owner

    async def claim(self, room: int, up_to: Lane, *, spare_room: int) -> list[ClaimedDelivery]:
        """Take the right to send, by lane and fair-queue time; of no more chats than there is room for."""
        limit, each = (max(room, MAX_CLAIMED), EACH) if self._group_messages else (room, EACH_ALONE)
        return await claim(
            self._database,
            owner=self._owner,
            limit=limit,
            chats=room,
            spare_chats=spare_room,
            each=each,
            up_to=up_to,
        )

    async def mark(self, delivery_ids: Sequence[int]) -> set[int]:
        """Commit that these are being sent; those that may be."""
        return await deliveries.mark_sending(self._database, owner=self._owner, delivery_ids=delivery_ids)

    async def record_results(self, transitions: Sequence[DeliveryTransition]) -> None:
        """Store what became of marked ones."""
        await deliveries.record_results(self._database, owner=self._owner, transitions=transitions)

    async def release(self, delivery_ids: Sequence[int], wait: float) -> None:
        """Give back what was not marked; due again after so many seconds."""
        await deliveries.release(self._database, owner=self._owner, delivery_ids=delivery_ids, wait=wait)
