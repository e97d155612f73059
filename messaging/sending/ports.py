"""What the sender needs of others: where deliveries are kept, and how they become messages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.delivery.deliveries import ClaimedDelivery, DeliveryTransition, SendResult
from domain.rules.lanes import Lane
from messaging.telegram.methods import Message

Symbols = Mapping[str, str | None]


class Outbox(Protocol):
    """The deliveries, kept where nothing is lost; each method raises Unavailable when that is away."""

    async def claim(self, room: int, up_to: Lane) -> list[ClaimedDelivery]:
        """Take the right to send about so many messages, by lane and turn, from no lane below `up_to`."""
        ...

    async def mark(self, delivery_ids: Sequence[int]) -> set[int]:
        """Commit that these are being sent; those that may be."""
        ...

    async def record_results(self, transitions: Sequence[DeliveryTransition]) -> None:
        """Note what became of marked ones."""
        ...

    async def release(self, delivery_ids: Sequence[int], wait: float) -> None:
        """Give back what was not marked; due again after so many seconds."""
        ...

    async def close_chat(self, chat_id: int, reason: str) -> None:
        """Nothing can be sent there any more."""
        ...

    async def migrate_chat(self, old_id: int, new_id: int) -> None:
        """The group has a new id."""
        ...


Send = Callable[[Message], Awaitable[SendResult]]
Build = Callable[[Sequence[ClaimedDelivery], Symbols], Message]
"""One message for deliveries to the same place of a chat."""
LookUp = Callable[[Sequence[ClaimedDelivery]], Awaitable[Symbols]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """How a delivery becomes a message in a chat."""

    send: Send
    build: Build
    look_up: LookUp
    """The symbols of the tokens in these deliveries, as the chain says them."""
