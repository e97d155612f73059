"""Telegram as a channel: deliveries, and messages that somebody waits for, sent within its limits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.delivery.deliveries import ClaimedDelivery, Destination
from domain.delivery.facts import MessageFacts
from domain.delivery.results import SendResult, SendStatus
from domain.rules.lanes import Lane
from messaging.sending.chat_sender import follow_up
from messaging.sending.ports import Destinations, Limits
from messaging.sending.rate_limiter import Limiter
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.methods import Message
from messaging.telegram.renderers import RENDERERS, RenderContext
from messaging.telegram.text_cache import MAX_TEXTS, TextCache
from runtime.clock import monotonic

PATIENCE = 20.0
"""Seconds that a reply waits for the limits; then it is tried again as after any refusal."""


class MessageSender(Protocol):
    """Sends and edits messages; every fault is a `SendResult`."""

    async def send(self, message: Message) -> SendResult:
        """Send a message."""
        ...

    async def edit(self, message: Message, message_id: int) -> SendResult:
        """Put a text and buttons in place of an older message."""
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
        """Put a text and buttons in place of an older message; it counts as one."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatLimits:
    """The limits of Telegram's chats, as the sender asks for them."""

    limiter: Limiter

    @property
    def rate(self) -> float:
        """Messages a second over all chats."""
        return self.limiter.rate

    async def admit(
        self, destination: Destination, *, patience: float, lane: Lane, is_repeat: bool = False
    ) -> float:
        """Wait for leave to send one message to a chat.

        Args:
            destination: the chat; limits of all its topics are one.
            patience: seconds that it may take; beyond that nothing is charged.
            lane: upper lanes go first.
            is_repeat: its first copy may have arrived; such ones wait longer after a fault of Telegram.
        """
        return await self.limiter.admit(
            destination.chat_id, patience=patience, lane=lane, is_repeat=is_repeat
        )

    async def again(self, *, patience: float, lane: Lane) -> float:
        """Wait for leave once more, for a message that did not go when it was admitted."""
        return await self.limiter.again(patience=patience, lane=lane)

    async def refused(self, destination: Destination, retry_after: float) -> None:
        """Telegram asked for silence."""
        await self.limiter.refused(destination.chat_id, retry_after)

    async def standstill(self) -> float:
        """For how many seconds Telegram takes nothing from anybody."""
        return await self.limiter.standstill()

    def has_failed_since(self, began: float) -> bool:
        """Return whether Telegram was seen to fail since then."""
        return self.limiter.has_failed_since(began)

    async def observe(self, result: SendResult, *, began: float) -> None:
        """Learn from what came of a message."""
        await self.limiter.observe(result, began=began)


def telegram_channel(methods: MessageSender, limiter: Limiter, callbacks: Callbacks) -> TelegramChannel:
    """The channel of one bot.

    Args:
        methods: send and edit.
        limiter: says when one may go.
        callbacks: signs the buttons.
    """
    context = RenderContext(callbacks=callbacks, texts=TextCache(MAX_TEXTS))
    return TelegramChannel(methods=methods, limits=ChatLimits(limiter=limiter), context=context)


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramChannel:
    """`messaging.sending.ports.Channel` by the Bot API."""

    methods: MessageSender
    limits: ChatLimits
    context: RenderContext

    def render(self, group: Sequence[ClaimedDelivery], facts: MessageFacts) -> Message | None:
        """One message, by the renderer of the deliveries' kind."""
        return RENDERERS[group[0].kind](self.context, group, facts)

    async def send(self, message: Message) -> SendResult:
        """Send it, or edit the message that it replaces."""
        if message.edits is None:
            return await self.methods.send(message)
        return await self.methods.edit(message, message.edits)
