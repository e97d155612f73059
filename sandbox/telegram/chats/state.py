"""Everything the local Telegram knows: bots, users, files, faults, and the ledger of what happened."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from sandbox.telegram.chats.bots import Bot, Bots
from sandbox.telegram.chats.files import Files
from sandbox.telegram.chats.rooms import Room
from sandbox.telegram.config import FloodLimits, TelegramConfig
from sandbox.telegram.faults import Faults
from sandbox.telegram.ledger import Entry, Ledger
from sandbox.telegram.shapes import Message, User
from sandbox.telegram.updates.webhook import Webhook

_FIRST_USER = 500_000_001


@dataclass(frozen=True, slots=True, kw_only=True)
class TransientEvent:
    """An event that no ledger keeps, such as a typing indicator."""

    kind: str
    chat_id: int
    detail: dict[str, Any]


class ServerState:
    """The state of the server, and the one place that writes to the ledger.

    Args:
        config: the settings.
        push_to: called to start pushing a bot's updates to a webhook, or (None) to stop.
    """

    def __init__(
        self, config: TelegramConfig, push_to: Callable[[Bot, Webhook | None], None] | None = None
    ) -> None:
        self.config = config
        self.ledger = Ledger(config.ledger_size)
        self.faults = Faults()
        self.files = Files()
        self.bots = Bots(config)
        self.users: dict[int, User] = {}
        self.user_ids = count(_FIRST_USER)
        self.push_to = push_to or _push_nowhere
        self._transient_listeners: list[Callable[[TransientEvent], None]] = []

    def set_limits(self, limits: FloodLimits) -> None:
        """Apply other flood limits to all bots and forget what they have sent."""
        for bot in self.bots:
            bot.flood.reset(limits)

    def listen_transient(self, listener: Callable[[TransientEvent], None]) -> None:
        """Call `listener` with each transient event; it must be quick and raise nothing."""
        self._transient_listeners.append(listener)

    def emit(self, event: TransientEvent) -> None:
        """Pass a transient event to all listeners."""
        for listener in self._transient_listeners:
            listener(event)

    def record(
        self,
        kind: str,
        bot: Bot,
        room: Room | None = None,
        message: Message | None = None,
        *,
        received_ms: int | None = None,
        **more: Any,
    ) -> Entry:
        """Write an entry to the ledger.

        Args:
            kind: what happened, as `Entry` lists it.
            bot: the bot that it concerns.
            room: the chat that it happened in.
            message: the message that was sent or changed.
            received_ms: unix time of the request; None: now.
            more: message_id, user_id, text and detail, where there is no message.
        """
        now = now_ms()
        fields = _message_fields(message) | more
        entry = Entry(
            seq=self.ledger.next_seq(),
            kind=kind,
            received_ms=received_ms or now,
            at_ms=now,
            bot_id=bot.user.id,
            chat_id=None if room is None else room.chat.id,
            **fields,
        )
        self.ledger.append(entry)
        return entry


def now_ms() -> int:
    """Unix time in milliseconds."""
    return time.time_ns() // 1_000_000


def _message_fields(message: Message | None) -> dict[str, Any]:
    if message is None:
        return {}
    return {
        "message": message,
        "message_id": message.message_id,
        "thread_id": message.message_thread_id,
        "user_id": message.sender.id,
        "text": message.text if message.text is not None else message.caption,
    }


def _push_nowhere(_bot: Bot, _webhook: Webhook | None) -> None:
    """A state without a server pushes nothing."""
