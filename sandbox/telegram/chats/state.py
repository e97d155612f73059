"""The world of the sandbox Telegram: bots, people, the ledger of what happened, and what goes wrong."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from sandbox.telegram.bot_api.params import Params
from sandbox.telegram.chats.bots import Bot, Bots
from sandbox.telegram.chats.files import Files
from sandbox.telegram.chats.flood import Flood
from sandbox.telegram.chats.rooms import Room
from sandbox.telegram.config import FloodLimits, TelegramConfig
from sandbox.telegram.errors import bad_request
from sandbox.telegram.faults import Faults
from sandbox.telegram.ledger import Entry, Ledger
from sandbox.telegram.shapes import Message, User
from sandbox.telegram.updates.webhook import Webhook

_FIRST_USER = 500_000_001


@dataclass(frozen=True, slots=True, kw_only=True)
class TransientEvent:
    """Something passing that belongs into no ledger, such as a typing indicator."""

    kind: str
    chat_id: int
    detail: dict[str, Any]


class ServerState:
    """All that is known, and the one place where acts are entered into the ledger."""

    def __init__(self, config: TelegramConfig) -> None:
        self.config = config
        self.ledger = Ledger(config.ledger_size)
        self.faults = Faults()
        self.files = Files()
        self.bots = Bots(config)
        self.users: dict[int, User] = {}
        self.user_ids = count(_FIRST_USER)
        self.on_transient_event: Callable[[TransientEvent], None] = _ignore
        self.push_to: Callable[[Bot, Webhook | None], None] = _ignore  # the server's: begin or end pushing

    def set_limits(self, limits: FloodLimits) -> None:
        """Other flood limits for all bots, with a clean record."""
        for bot in self.bots:
            bot.flood = Flood(limits)

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
        """Enter an act into the ledger; `more` may hold message_id, user_id, text and detail."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One Bot API call as its handler sees it."""

    state: ServerState
    bot: Bot
    params: Params
    received_ms: int

    def room(self) -> Room:
        """The chat the call is about; ApiError 400 when there is none."""
        return find_room(self.bot, self.params)


def find_room(bot: Bot, params: Params) -> Room:
    """The chat named by `chat_id`, a number or @name; ApiError 400 when there is none."""
    chat_id = params.integer("chat_id")
    if chat_id is None:
        name = params.text("chat_id")
        if not name:
            raise bad_request("chat_id is empty")
        wanted = name.removeprefix("@").lower()
        named = (one for one in bot.rooms.values() if (one.chat.username or "").lower() == wanted)
        room = next((one for one in named if not one.private), None) if name.startswith("@") else None
    else:
        room = bot.rooms.get(chat_id)
    if room is None:
        raise bad_request("chat not found")
    return room


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


def _ignore(*_anything: object) -> None:
    """Nobody listens yet."""
