"""Messages that somebody waits for, within the limits that all processes share: they go before all others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from domain.delivery.deliveries import Destination
from domain.delivery.results import SendResult, SendStatus
from domain.rules.lanes import Lane
from messaging.sending.follow_up import follow_up
from messaging.sending.ports import Destinations, Limits
from messaging.telegram.methods import Message
from runtime.clock import monotonic

PATIENCE = 20.0
"""Seconds that a reply waits for the limits; then it is tried again as after any refusal."""


class MessageSender(Protocol):
    """Sends and edits messages; every fault is a `SendResult`."""

    async def send(self, message: Message) -> SendResult:
        """Send a message."""
        ...

    async def edit(self, message: Message, message_id: int) -> SendResult:
        """Put a text and buttons in the place of an older message."""
        ...


class Replies:
    """Sends in the lane of the replies, and does what follows for the chat.

    Args:
        telegram: sends without limits.
        limits: of the chats.
        destinations: closes and moves chats.
    """

    def __init__(self, telegram: MessageSender, limits: Limits, destinations: Destinations) -> None:
        self._telegram = telegram
        self._limits = limits
        self._destinations = destinations

    async def send(self, message: Message) -> SendResult:
        """Send a message."""
        destination = Destination(chat_id=message.chat_id)
        return await self._refused(destination, message) or await self._followed_up(
            destination, lambda: self._telegram.send(message)
        )

    async def edit(self, message: Message, message_id: int) -> SendResult:
        """Put a text and buttons in the place of an older message; it counts as one."""
        destination = Destination(chat_id=message.chat_id)
        return await self._refused(destination, message) or await self._followed_up(
            destination, lambda: self._telegram.edit(message, message_id)
        )

    async def _refused(self, destination: Destination, message: Message) -> SendResult | None:
        """A refusal where the limits have no room in time; None: go ahead."""
        wait = await self._limits.admit(
            destination, patience=PATIENCE, lane=Lane.REPLIES, is_repeat=message.is_repeat
        )
        if wait <= 0:
            return None
        if await self._limits.standstill() > 0:
            return SendResult(status=SendStatus.REFUSED, held_back=True, reason="Telegram does not answer")
        return SendResult(
            status=SendStatus.REFUSED, retry_after=wait, reason="the chat has had enough for now"
        )

    async def _followed_up(
        self, destination: Destination, call: Callable[[], Awaitable[SendResult]]
    ) -> SendResult:
        began = monotonic()
        result = await call()
        await follow_up(
            destination, result, began=began, destinations=self._destinations, limits=self._limits
        )
        return result
