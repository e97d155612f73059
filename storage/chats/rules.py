"""Rules of watches and settings of chats; changes at one time come one after the other, and none is lost."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache

import msgspec

from domain.rules.chat_decisions import due_at
from domain.rules.gates import OVER_LIMIT, Gate
from domain.rules.quiet import next_sending, next_spam_line
from domain.rules.rules import DEFAULT_SETTINGS, NO_RULES, ChatSettings, Rules
from runtime.clock import now
from storage.chats.chats import set_deferred_due
from storage.postgres import Connection, Database, affected

log = logging.getLogger(__name__)

# The chat reads of each event by itself from now on (storage/delivery/living_alerts.py).
END_POSITIONS = "UPDATE living_alerts SET closed_at = now() WHERE chat_id = $1 AND closed_at IS NULL"

READ_RULES = "SELECT rules FROM watches WHERE watch_id = $1 AND chat_id = $2"
# Compared instead of locked: a transaction would keep its connection from others between its statements.
REPLACE_RULES = "UPDATE watches SET rules = $4 WHERE watch_id = $1 AND chat_id = $2 AND rules = $3"


@lru_cache(maxsize=4096)
def read_rules(text: str) -> Rules:
    """The rules in a row."""
    return msgspec.json.decode(text, type=Rules)


@lru_cache(maxsize=4096)
def read_settings(text: str) -> ChatSettings:
    """The settings in a row."""
    return msgspec.json.decode(text, type=ChatSettings)


def rules_or_none(text: str, *, watch_id: int) -> Rules:
    """The same; none where a row cannot be read, so that nobody waits for it and its chat still hears."""
    try:
        return read_rules(text)
    except msgspec.MsgspecError as error:
        _report("rules of watch", watch_id, str(error))
        return NO_RULES


def settings_or_default(text: str, *, chat_id: int) -> ChatSettings:
    """The settings in a row; the defaults where it cannot be read, likewise."""
    try:
        return read_settings(text)
    except msgspec.MsgspecError as error:
        _report("settings of chat", chat_id, str(error))
        return DEFAULT_SETTINGS


@lru_cache(maxsize=4096)
def _report(what: str, number: int, error: str) -> None:
    """Say it once, though the row is read for each event."""
    log.error("The %s %d cannot be read, the defaults count: %s", what, number, error)


async def settings_of_chats(database: Database, chats: Sequence[int]) -> dict[int, ChatSettings]:
    """The settings of chats, by chat; the defaults of one that is not known, or whose row cannot be read."""
    rows = await database.fetch(
        "SELECT chat_id, settings FROM chats WHERE chat_id = ANY($1::bigint[])", sorted(set(chats))
    )
    known = {row["chat_id"]: row["settings"] for row in rows}
    return {chat_id: settings_or_default(known.get(chat_id, "{}"), chat_id=chat_id) for chat_id in set(chats)}


async def change_settings(
    database: Database, chat_id: int, change: Callable[[ChatSettings], ChatSettings]
) -> ChatSettings | None:
    """Replace the settings of a chat by what `change` makes of them; None: the chat is not known.

    Deliveries that are deferred already follow the new settings, too.

    `change` may be called twice, so it must set a value, not toggle one.

    Args:
        database: one transaction, which locks the row of the chat and may run twice.
        chat_id: of a chat, not of a person in it.
        change: from what is stored to what shall be stored; pure.
    """

    async def work(connection: Connection) -> ChatSettings | None:
        text = await connection.fetchval("SELECT settings FROM chats WHERE chat_id = $1 FOR UPDATE", chat_id)
        if text is None:
            return None
        before = read_settings(text)
        changed = change(before)
        new = msgspec.json.encode(changed).decode()
        await connection.execute("UPDATE chats SET settings = $2 WHERE chat_id = $1", chat_id, new)
        if before.living and not changed.living:
            await connection.execute(END_POSITIONS, chat_id)
        if _spam_line(changed) != _spam_line(before):
            at = next_spam_line(changed, now())
            await connection.execute("UPDATE chats SET spam_line_at = $2 WHERE chat_id = $1", chat_id, at)
        if _deferral(changed) != _deferral(before):
            moment = now()
            by_gate = {} if _limits(changed) != _limits(before) else _when_limits_end(changed, moment)
            await set_deferred_due(connection, chat_id, next_sending(changed, moment), by_gate=by_gate)
        return changed

    return await database.transaction(work)


async def change_rules(
    database: Database, *, watch_id: int, chat_id: int, change: Callable[[Rules], Rules]
) -> Rules | None:
    """Replace the rules of a watch likewise; None: the chat has no such watch.

    Args:
        database: two statements, again where somebody else has changed the rules in between.
        watch_id: any number; it counts only as a watch of `chat_id`.
        chat_id: who asks, so that nobody changes a watch of others.
        change: from what is stored to what shall be stored; pure, and not a toggle.
    """
    while (text := await database.fetchval(READ_RULES, watch_id, chat_id)) is not None:
        changed = change(read_rules(text))
        new = msgspec.json.encode(changed).decode()
        if affected(await database.execute(REPLACE_RULES, watch_id, chat_id, text, new)):
            return changed
    return None


def _spam_line(settings: ChatSettings) -> tuple[object, ...]:
    """The settings that decide when silent spam is counted."""
    return settings.spam_line, settings.zone, settings.digest_at


def _deferral(settings: ChatSettings) -> tuple[object, ...]:
    """The settings that decide whether deliveries are deferred, and until when."""
    return settings.quiet, settings.zone, settings.digest, settings.digest_at, _limits(settings)


def _limits(settings: ChatSettings) -> tuple[object, ...]:
    return settings.per_hour, settings.per_day, settings.busy_above


def _when_limits_end(settings: ChatSettings, moment: datetime) -> dict[Gate, datetime]:
    """When what limits had deferred is due, by gate: a change of other settings lifts no limit."""
    return {gate: due_at(settings, moment, gate) for gate in (*OVER_LIMIT, Gate.BUDGET)}
