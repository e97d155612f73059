"""Rules of watches and settings of chats: read, and changed one after the other."""

from collections.abc import Callable
from functools import lru_cache

import msgspec

from domain.rules.quiet import next_sending
from domain.rules.rules import ChatSettings, Rules
from runtime.clock import now
from storage.chats.waiting_messages import set_deferred_due
from storage.postgres import Connection, Database


@lru_cache(maxsize=4096)
def read_rules(text: str) -> Rules:
    """The rules in a row."""
    return msgspec.json.decode(text, type=Rules)


@lru_cache(maxsize=4096)
def read_settings(text: str) -> ChatSettings:
    """The settings in a row."""
    return msgspec.json.decode(text, type=ChatSettings)


async def settings_of(database: Database, chat_id: int) -> ChatSettings:
    """What a chat has set; the defaults for a chat that is not known."""
    text: str | None = await database.fetchval("SELECT settings FROM chats WHERE chat_id = $1", chat_id)
    return read_settings(text or "{}")


async def change_settings(
    database: Database, chat_id: int, change: Callable[[ChatSettings], ChatSettings]
) -> ChatSettings | None:
    """Put what `change` makes of a chat's settings in their place; None: the chat is not known.

    Where that changes when something is told, what is held already goes by it too.

    `change` may be called again, and must say what is to be, not what is to be turned over.
    """

    async def work(connection: Connection) -> ChatSettings | None:
        text = await connection.fetchval("SELECT settings FROM chats WHERE chat_id = $1 FOR UPDATE", chat_id)
        if text is None:
            return None
        before = read_settings(text)
        changed = change(before)
        new = msgspec.json.encode(changed).decode()
        await connection.execute("UPDATE chats SET settings = $2 WHERE chat_id = $1", chat_id, new)
        if _holding(changed) != _holding(before):
            await set_deferred_due(connection, chat_id, next_sending(changed, now()))
        return changed

    return await database.transaction(work)


async def change_rules(
    database: Database, *, watch_id: int, chat_id: int, change: Callable[[Rules], Rules]
) -> Rules | None:
    """The same for the rules of a watch; None: it is not this chat's."""

    async def work(connection: Connection) -> Rules | None:
        text = await connection.fetchval(
            "SELECT rules FROM watches WHERE watch_id = $1 AND chat_id = $2 FOR UPDATE", watch_id, chat_id
        )
        if text is None:
            return None
        changed = change(read_rules(text))
        await connection.execute(
            "UPDATE watches SET rules = $2 WHERE watch_id = $1",
            watch_id,
            msgspec.json.encode(changed).decode(),
        )
        return changed

    return await database.transaction(work)


def _holding(settings: ChatSettings) -> tuple[object, ...]:
    return settings.quiet, settings.zone, settings.digest, settings.digest_at
