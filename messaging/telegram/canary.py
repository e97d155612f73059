"""Judges the canary where a message would be sent: its content, and how long it was on its way.

Whatever else is addressed to the canary's chat, such as a broadcast, is taken and forgotten.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.activity.activity import Activity
from domain.canary import CANARY_CHAT, CANARY_LABEL, is_canary, number_of, whole_sol
from domain.delivery.deliveries import AlertContent, ClaimedDelivery
from domain.delivery.facts import MessageFacts
from domain.delivery.results import SendResult, SendStatus
from messaging.sending.ports import Limits
from messaging.telegram.channel import TelegramChannel
from messaging.telegram.escaping import plain
from messaging.telegram.methods import Message
from runtime.clock import unix
from runtime.observability import metrics

log = logging.getLogger(__name__)
LATE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryMessage:
    """What would be sent to the canary's chat."""

    text: str
    """Telegram HTML."""
    activity: Activity | None
    """What it tells of; None: it is no alert."""
    happened_at: datetime | None


class CanaryChannel:
    """The Telegram channel, except that the canary's chat is verified instead of sent to.

    Args:
        telegram: everything else goes by it.
    """

    def __init__(self, telegram: TelegramChannel) -> None:
        self._telegram = telegram

    @property
    def limits(self) -> Limits:
        """When the next message may go."""
        return self._telegram.limits

    def render(self, group: Sequence[ClaimedDelivery], facts: MessageFacts) -> Message | CanaryMessage | None:
        """One message, by the renderer of the deliveries' kind."""
        message = self._telegram.render(group, facts)
        if message is None or message.chat_id != CANARY_CHAT:
            return message
        content = group[0].content
        if not isinstance(content, AlertContent) or not isinstance(content.event, Activity):
            return CanaryMessage(text=message.text, activity=None, happened_at=None)
        return CanaryMessage(text=message.text, activity=content.event, happened_at=content.happened_at)

    async def send(self, message: Message | CanaryMessage) -> SendResult:
        """Send it, or judge it."""
        if isinstance(message, Message):
            return await self._telegram.send(message)
        return judge(message, now=unix())


def judge(message: CanaryMessage, *, now: float) -> SendResult:
    """Return what came of a message to the canary's chat: a wrong one counts as one that cannot be delivered.

    Args:
        message: that would be sent.
        now: seconds since 1970.
    """
    if message.activity is None or message.happened_at is None:
        return SendResult(status=SendStatus.ACCEPTED, message_id=1)
    if not is_right(message.text, message.activity):
        metrics.canary_messages.labels("wrong").inc()
        log.error("The canary arrived with a content that is wrong: %.200s", plain(message.text))
        return SendResult(status=SendStatus.UNDELIVERABLE, reason="the canary's content is wrong")
    seconds = max(0.0, now - message.happened_at.timestamp())
    metrics.canary_delay_seconds.observe(seconds)
    metrics.canary_messages.labels("late" if seconds > LATE_SECONDS else "right").inc()
    return SendResult(status=SendStatus.ACCEPTED, message_id=1)


def is_right(text: str, activity: Activity) -> bool:
    """Return whether a message says what the canary's event says: who, what, and exactly how much."""
    number = number_of(activity)
    said = plain(text).replace(",", "")
    amounts = (f"{whole_sol(number)} SOL", f"{whole_sol(number) / 1000:.1f}K SOL")
    return is_canary(activity, number=number) and CANARY_LABEL in said and any(a in said for a in amounts)
