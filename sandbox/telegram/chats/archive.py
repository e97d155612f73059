"""Keeps the conversations of the first bot over a restart: one file, bounded, replaced as a whole.

Kept: people, and of each chat its newest messages, its topics and standings. Not kept: files, the ledger,
what waits for the bot. Ids continue where they were, so that a bot which edits an old message meets that one.
"""

import logging
import os
from collections import deque
from itertools import count, islice
from pathlib import Path

import msgspec
from msgspec import Struct

from sandbox.telegram.chats.bots import FIRST_GROUP, Bot
from sandbox.telegram.chats.rooms import Room, Topic
from sandbox.telegram.chats.state import ServerState
from sandbox.telegram.shapes import Chat, Message, User

log = logging.getLogger(__name__)

MAX_MESSAGES = 200
"""Of one chat."""
MAX_ROOMS = 200
"""Those with the newest messages are kept."""
MAX_USERS = 500
MAX_BYTES = 16 << 20
_VERSION = 1
_MAX_SKIPPED = 10_000_000


class _SavedTopic(Struct, frozen=True):
    """`{"thread_id":7,"name":"Whales","closed":false}`."""

    thread_id: int
    name: str
    closed: bool


class _SavedRoom(Struct, frozen=True, kw_only=True):
    """A chat in the file.

    `{"chat": {"id": 7, "type": "private"}, "user_id": 7, "standing": "member", "standings": {}, "topics": [],
    "messages": []}`.
    """

    chat: Chat
    user_id: int | None
    standing: str
    standings: dict[int, str]
    topics: list[_SavedTopic]
    messages: list[Message]
    migrated_to: int | None = None


class _Saved(Struct, frozen=True, kw_only=True):
    """`{"version":1,"users":[{"id":7,"is_bot":false,"first_name":"Alice"}],"rooms":[]}`."""

    version: int = _VERSION
    users: list[User]
    rooms: list[_SavedRoom]


_NOTHING = _Saved(users=[], rooms=[])


def encoded(state: ServerState) -> bytes:
    """Return what the file is to hold."""
    content = msgspec.json.encode(_saved(state, MAX_MESSAGES))
    return content if len(content) <= MAX_BYTES else msgspec.json.encode(_saved(state, MAX_MESSAGES // 20))


def write(content: bytes, file: Path) -> None:
    """Write the file; what goes wrong is logged, and the old file stays."""
    staging = file.with_name(f"{file.name}.new")
    try:
        with staging.open("wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        staging.replace(file)
    except OSError as error:
        log.warning("The conversations are not kept: %s", error.strerror or type(error).__name__)


def restore(state: ServerState, file: Path) -> None:
    """Bring back what the file holds; one that is absent or cannot be read is as good as empty."""
    try:
        is_too_large = file.stat().st_size > 2 * MAX_BYTES
        saved = _NOTHING if is_too_large else msgspec.json.decode(file.read_bytes(), type=_Saved)
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        log.warning("The conversations of %s cannot be read and begin anew: %s", file, type(error).__name__)
        return
    if saved.version == _VERSION:
        _restore(state, saved)


def _saved(state: ServerState, limit: int) -> _Saved:
    rooms = sorted(state.bots.first.rooms.values(), key=_newest, reverse=True)
    return _Saved(
        users=list(state.users.values())[-MAX_USERS:],
        rooms=[_saved_room(room, limit) for room in rooms[:MAX_ROOMS]],
    )


def _newest(room: Room) -> int:
    return next(reversed(room.messages.values())).date if room.messages else 0


def _saved_room(room: Room, limit: int) -> _SavedRoom:
    return _SavedRoom(
        chat=room.chat,
        user_id=room.user.id if room.user else None,
        standing=room.standing,
        standings=dict(room.standings),
        topics=[_SavedTopic(one.thread_id, one.name, one.closed) for one in room.topics.values()],
        messages=list(room.messages.values())[-limit:],
        migrated_to=room.migrated_to,
    )


def _restore(state: ServerState, saved: _Saved) -> None:
    bot = state.bots.first
    for user in saved.users:
        state.users.setdefault(user.id, user)
    _advance(state.user_ids, max((user.id for user in saved.users), default=0))
    for one in saved.rooms:
        if one.user_id is None or one.user_id in state.users:
            _refill(bot.rooms.setdefault(one.chat.id, _room(state, bot, one)), one)
    for room in bot.rooms.values():
        _advance(room.message_ids, max(room.messages, default=0))
    _advance(bot.group_ids, max((_group_number(room.chat.id) for room in bot.rooms.values()), default=0))


def _room(state: ServerState, bot: Bot, saved: _SavedRoom) -> Room:
    return Room(
        chat=saved.chat,
        keep=state.config.messages_per_chat,
        message_ids=count(1) if saved.chat.type == "supergroup" else bot.message_ids,
        user=None if saved.user_id is None else state.users[saved.user_id],
        migrated_to=saved.migrated_to,
    )


def _refill(room: Room, saved: _SavedRoom) -> None:
    room.change_standing(saved.standing)
    room.standings.update(saved.standings)
    for topic in saved.topics:
        room.topics[topic.thread_id] = Topic(thread_id=topic.thread_id, name=topic.name, closed=topic.closed)
    room.messages.clear()
    for message in saved.messages:
        room.store(message)


def _group_number(chat_id: int) -> int:
    """The number from which a group's id was made; 0: it is no group."""
    if chat_id >= 0:
        return 0
    return -chat_id if -chat_id > FIRST_GROUP // 10 else FIRST_GROUP // 10**10 * 10**10 - chat_id


def _advance(ids: "count[int]", used: int) -> None:
    """Skip ids up to and with `used`, unless somebody chose it far above."""
    following = next(ids)
    if used - following < _MAX_SKIPPED:
        deque(islice(ids, max(used - following, 0)), maxlen=0)
