"""Raw updates before they are stored: splits a getUpdates result and reads each update's ids.

An unreadable update does not affect the others.

The structs here name only what is read; the decoder skips the rest, which is many times cheaper than
building it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from bot.dialog.update import MAX_ID
from domain.delivery.results import SendResult
from messaging.telegram import answers
from storage.chats.update_leases import SENSITIVE_TEXT

MAX_KEPT = 4_000
"""Characters kept of an update that cannot be read."""
_UPDATE_ID = re.compile(rb'"update_id"\s*:\s*(\d{1,19})(?!\d)')
_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.DOTALL)
_RESULT = re.compile(rb'"result"\s*:\s*\[')


class UpdateIds(msgspec.Struct, frozen=True, kw_only=True):
    """Ids of an update."""

    update_id: int
    chat_id: int = 0
    """The chat in whose order it is handled; 0: it names no usable chat."""
    user_id: int = 0
    """Who sent it; 0: a channel, or an admin who writes in the name of a group."""
    is_request: bool = False
    """Whether it is a request to the bot; messages between people of a group are not."""


class _Id(msgspec.Struct):
    id: int


class _Message(msgspec.Struct):
    chat: _Id
    author: _Id | None = msgspec.field(name="from", default=None)
    sender_chat: _Id | None = None
    text: str = ""
    caption: str = ""


class _CallbackQuery(msgspec.Struct):
    author: _Id = msgspec.field(name="from")
    message: _Message | None = None


class _Membership(msgspec.Struct):
    chat: _Id


class _Update(msgspec.Struct):
    """Of what Telegram sends.

    `{"update_id": 9, "message": {"chat": {"id": 7}, "from": {"id": 7}, "text": "/start"}}`.
    """

    update_id: int
    message: _Message | None = None
    edited_message: _Message | None = None
    callback_query: _CallbackQuery | None = None
    my_chat_member: _Membership | None = None


class _UpdateId(msgspec.Struct):
    """`{"update_id": 9}`, of an update whose other parts cannot be read."""

    update_id: int


_updates = msgspec.json.Decoder(_Update)
_update_ids = msgspec.json.Decoder(_UpdateId)


def read_update_ids(payload: bytes, *, username: str = "") -> UpdateIds:
    """Return whose update it is.

    Args:
        payload: its JSON.
        username: the bot's own name: a command to another bot of a group asks nothing of this one.

    Raises:
        ValueError: not JSON, nested deeper than anything Telegram sends, or without a usable update_id.
    """
    try:
        return _read(payload, username)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _read(payload: bytes, username: str) -> UpdateIds:
    try:
        return _ids(_updates.decode(payload), username)
    except msgspec.ValidationError:
        return UpdateIds(update_id=_usable(_update_ids.decode(payload).update_id))


def _ids(update: _Update, username: str) -> UpdateIds:
    query = update.callback_query
    update_id = _usable(update.update_id)
    if query is not None:
        chat_id = 0 if query.message is None else _in_range(query.message.chat.id)
        return UpdateIds(
            update_id=update_id, chat_id=chat_id, user_id=_in_range(query.author.id), is_request=chat_id != 0
        )
    message = update.message or update.edited_message
    if message is not None:
        chat_id = _in_range(message.chat.id)
        is_request = chat_id > 0 or (chat_id < 0 and _is_command(message, username))
        return UpdateIds(
            update_id=update_id, chat_id=chat_id, user_id=_author(message), is_request=is_request
        )
    change = update.my_chat_member
    return UpdateIds(update_id=update_id, chat_id=0 if change is None else _in_range(change.chat.id))


def _author(message: _Message) -> int:
    """The person; all who write in the name of a chat have the same id with Telegram, and are nobody here."""
    if message.author is None or message.sender_chat is not None:
        return 0
    return _in_range(message.author.id)


def _is_command(message: _Message, username: str) -> bool:
    text = message.text or message.caption
    if not text.startswith("/"):
        return False
    _, _, bot = text.split(maxsplit=1)[0].partition("@")
    return not bot or not username or bot.lower() == username.lower()


def _in_range(number: int) -> int:
    return number if abs(number) <= MAX_ID else 0


def _usable(update_id: int) -> int:
    if not 0 <= update_id <= MAX_ID:
        raise ValueError("update_id is out of range")
    return update_id


class _Answer(msgspec.Struct):
    """`{"result": [{"update_id": 9}]}`, what getUpdates answers."""

    result: list[msgspec.Raw]


def split_updates(status: int, body: bytes) -> list[bytes] | SendResult:
    """The updates of an answer as JSON, each unread; or what the answer says instead."""
    try:
        return [bytes(update) for update in msgspec.json.decode(body, type=_Answer).result]
    except RecursionError:
        return list(_elements(body))
    except msgspec.DecodeError:
        return answers.of_answer(status, body)


def unreadable_id(update: bytes) -> int | None:
    """The id of an update that cannot be read, as it stands in its text; None: none stands there."""
    found = _UPDATE_ID.search(update)
    return None if found is None else int(found[1])


def as_unreadable(update_id: int, update: bytes) -> str:
    """JSON that keeps the text of an update that cannot be read, unless it may hold a secret."""
    text = update.decode(errors="replace")[:MAX_KEPT].replace("\x00", "\ufffd")
    if re.search(SENSITIVE_TEXT, text):
        text = ""
    return msgspec.json.encode({"update_id": update_id, "unreadable": text}).decode()


def _elements(body: bytes) -> Iterator[bytes]:
    """The elements of the list of results, by counting brackets: some are nested too deeply to be parsed."""
    start = _RESULT.search(body)
    if start is None:
        return
    depth, begin = 0, start.end()
    for token in _TOKENS.finditer(body, start.end()):
        mark = token[0]
        if mark in {b"[", b"{"}:
            depth += 1
        elif depth and mark in {b"]", b"}"}:
            depth -= 1
        elif not depth and mark in {b",", b"]"}:
            if element := body[begin : token.start()].strip():
                yield element
            begin = token.end()
            if mark == b"]":
                return
