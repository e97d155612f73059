"""Messages that somebody waits for, within the limits that all processes share: they go before all others."""

from __future__ import annotations

from typing import Protocol

from domain.delivery.deliveries import SendResult, SendStatus
from domain.rules.lanes import Lane
from messaging.sending.rate_limiter import Limiter
from messaging.telegram.methods import Message

PATIENCE = 20.0
"""Seconds that an answer waits for the limits; then it is tried again as after any refusal."""


class MessageSender(Protocol):
    """Says something in a chat; every fault is a `SendResult`."""

    async def send(self, message: Message) -> SendResult:
        """Send a message."""
        ...

    async def edit(self, message: Message, message_id: int) -> SendResult:
        """Put a text and buttons in the place of an older message."""
        ...


class Replies:
    """Says it in the lane of the replies."""

    def __init__(self, telegram: MessageSender, limiter: Limiter) -> None:
        self._telegram = telegram
        self._limiter = limiter

    async def send(self, message: Message) -> SendResult:
        """Send a message."""
        return await self._admitted(message.chat_id) or await self._note_refusal(
            message.chat_id, await self._telegram.send(message)
        )

    async def edit(self, message: Message, message_id: int) -> SendResult:
        """Put a text and buttons in the place of an older message; it counts as one."""
        return await self._admitted(message.chat_id) or await self._note_refusal(
            message.chat_id, await self._telegram.edit(message, message_id)
        )

    async def _admitted(self, chat_id: int) -> SendResult | None:
        """None: go ahead."""
        wait = await self._limiter.admit(chat_id, patience=PATIENCE, lane=Lane.REPLIES)
        if wait <= 0:
            return None
        return SendResult(
            status=SendStatus.REFUSED, retry_after=wait, reason="the chat has had enough for now"
        )

    async def _note_refusal(self, chat_id: int, result: SendResult) -> SendResult:
        """Telegram's own refusal silences every process."""
        if result.retry_after is not None:
            await self._limiter.refused(chat_id, result.retry_after)
        return result
