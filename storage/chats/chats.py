"""Chats: whether messages may be sent there, and what waits for them."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from domain.chats import Chat, ChatKind
from domain.delivery.results import FIRST_WAIT, MAX_WAIT
from domain.rules.gates import Gate
from storage.postgres import Connection, Database

NO_GATES: Mapping[Gate, datetime] = MappingProxyType({})
END_WAITING = """
UPDATE deliveries SET state = 'dead', error = 'chat was closed', finished_at = now(),
    lease_owner = NULL, lease_until = NULL
WHERE chat_id = $1 AND state IN ('pending', 'retry', 'deferred', 'unconfirmed')
"""

MAKE_DUE = """
UPDATE deliveries SET due_at = now()
WHERE chat_id = $1 AND state IN ('pending', 'retry') AND due_at > now() AND NOT coalescing
  AND channel = 'telegram'
"""


POSTPONE_DEFERRED = """
UPDATE deliveries SET due_at = coalesce((
    SELECT at FROM unnest($3::text[], $4::timestamptz[]) AS limited (gate, at)
    WHERE limited.gate = deliveries.gate), $2)
WHERE chat_id = $1 AND state = 'deferred'
"""

# The line about an outage waits for the same time as the digest; one that was tried already has a time of its
# own.
POSTPONE_OUTAGES = """
UPDATE deliveries SET due_at = $2, fair_queue_at = $2, coalescing = $2 > now()
WHERE chat_id = $1 AND kind = 'outage' AND state = 'pending' AND attempts = 0
"""

# xmax is 0 in a row that was inserted, and not in one that was updated.
SEEN = """
INSERT INTO chats (chat_id, kind, title) VALUES ($1, $2, $3)
ON CONFLICT (chat_id) DO UPDATE SET kind = excluded.kind, title = excluded.title
WHERE (chats.kind, chats.title) IS DISTINCT FROM (excluded.kind, excluded.title)
RETURNING xmax = 0
"""

# A ban stays; a group without the bot waits until somebody writes there, or adds it.
REOPEN = """
UPDATE chats SET closed_reason = NULL, closed_at = NULL,
    suspended_reason = NULL, suspended_at = NULL, suspended_until = NULL, suspended_count = 0
WHERE chat_id = $1 AND closed_at IS NOT NULL AND closed_reason <> 'unconfirmed'
  AND ($2 OR closed_reason <> 'removed') AND NOT EXISTS (SELECT FROM bans WHERE user_id = $1)
RETURNING chat_id
"""

# The pauses double from $3 to $4 seconds. What waits there is tried again after them, and new alerts are not
# put off: each of them is a check whether the refusal has passed.
HOLD = """
UPDATE chats SET suspended_reason = $2, suspended_at = coalesce(suspended_at, now()),
    suspended_count = suspended_count + 1,
    suspended_until = now() + make_interval(secs => least($4, $3 * 2.0 ^ least(suspended_count, 20)))
WHERE chat_id = $1 AND closed_at IS NULL
"""

RELEASE_HELD = """
UPDATE chats SET suspended_reason = NULL, suspended_at = NULL, suspended_until = NULL, suspended_count = 0
WHERE chat_id = $1 AND suspended_at IS NOT NULL RETURNING chat_id
"""

# Whoever writes in a chat shows that the bot is in it; a ban stays.
IS_SHUT = """
SELECT closed_at IS NOT NULL FROM chats
WHERE chat_id = $1 AND (closed_at IS NOT NULL OR suspended_at IS NOT NULL)
  AND NOT EXISTS (SELECT FROM bans WHERE user_id = $1) AND closed_reason IS DISTINCT FROM 'unconfirmed'
"""

CLOSE = "UPDATE chats SET closed_reason = $2, closed_at = now() WHERE chat_id = $1 AND closed_at IS NULL"

# Nothing is sent to a group before one of its admins has let the bot speak there.
WAIT_FOR_ADMIN = """
UPDATE chats SET closed_reason = 'unconfirmed', closed_at = coalesce(closed_at, now())
WHERE chat_id = $1 AND confirmed_at IS NULL RETURNING chat_id
"""

# Whoever confirmed first pays; the same person may press again.
CONFIRM = """
UPDATE chats SET confirmed_at = now(), payer_id = $2, closed_reason = NULL, closed_at = NULL
WHERE chat_id = $1 AND (confirmed_at IS NULL OR closed_reason = 'unconfirmed' OR payer_id = $2)
  AND NOT EXISTS (SELECT FROM bans WHERE user_id = $1)
RETURNING chat_id
"""

MANAGED = """
SELECT chat_id, kind, title FROM chats WHERE payer_id = $1 AND kind = 'channel' AND closed_at IS NULL
ORDER BY title, chat_id LIMIT 50
"""


async def end_waiting(connection: Connection, chat_id: int) -> None:
    """End every message that waits for the chat."""
    await connection.execute(END_WAITING, chat_id)


async def make_due(connection: Connection, chat_id: int) -> None:
    """Let what was put off for the chat be tried at once."""
    await connection.execute(MAKE_DUE, chat_id)


async def set_deferred_due(
    connection: Connection, chat_id: int, due_at: datetime, *, by_gate: Mapping[Gate, datetime] = NO_GATES
) -> None:
    """Make deferred deliveries of the chat due at another time, with the lines about outages beside them.

    Args:
        connection: in the transaction that changes the settings, or ends the pause.
        chat_id: whose deliveries.
        due_at: with a time zone; lines about outages that are due then stop waiting for others.
        by_gate: of what these gates have deferred, in place of `due_at`.
    """
    await connection.execute(POSTPONE_DEFERRED, chat_id, due_at, list(by_gate), list(by_gate.values()))
    await connection.execute(POSTPONE_OUTAGES, chat_id, due_at)


async def saw_chat(database: Database, chat: Chat) -> bool:
    """Store a chat that sent a message, or its new title; return whether it is surely new, and so open."""
    return bool(await database.fetchval(SEEN, chat.chat_id, chat.kind, chat.title))


async def reopen_chat(database: Database, chat_id: int, *, is_there: bool = False) -> None:
    """Open a chat again, one without the bot only if it `is_there` now; what waited meanwhile is not sent.

    Args:
        database: one transaction.
        chat_id: a chat that is open already stays as it is, and so does a ban.
        is_there: the bot is a member; False: that is not known, so a chat that removed it stays closed.
    """

    async def work(connection: Connection) -> None:
        if await connection.fetchval(REOPEN, chat_id, is_there):
            await end_waiting(connection, chat_id)

    await database.transaction(work)


async def hold_chat(database: Database, chat_id: int, reason: str) -> None:
    """Put off what waits for a chat, because of a refusal that may pass.

    Args:
        database: one statement, committed by itself.
        chat_id: whose deliveries wait, longer at each refusal in a row.
        reason: Telegram's, for operators.
    """
    await database.execute(HOLD, chat_id, reason, FIRST_WAIT, MAX_WAIT)


async def reopen_writable_chat(database: Database, chat_id: int) -> None:
    """Somebody wrote there: open it, if it is closed or held. What waited while it was held is sent."""
    is_closed = await database.fetchval(IS_SHUT, chat_id)
    if is_closed is None:
        return
    if is_closed:
        await reopen_chat(database, chat_id, is_there=True)

    async def work(connection: Connection) -> None:
        if await connection.fetchval(RELEASE_HELD, chat_id):
            await make_due(connection, chat_id)

    await database.transaction(work)


async def known_chat(database: Database, chat_id: int) -> Chat | None:
    """A chat that has talked to the bot; None: it has not, or was forgotten."""
    row = await database.fetchrow("SELECT kind, title FROM chats WHERE chat_id = $1", chat_id)
    return None if row is None else Chat(chat_id=chat_id, kind=ChatKind(row["kind"]), title=row["title"])


async def close_chat(database: Database, chat_id: int, reason: str) -> None:
    """Close a chat, so that nothing is sent there, because of `reason`.

    Args:
        database: one statement; deliveries that wait end later, by `close_undeliverable`.
        chat_id: one that is closed already keeps its first reason.
        reason: `removed`, `unconfirmed` and others; `reopen_chat` treats these two apart.
    """
    await database.execute(CLOSE, chat_id, reason)


async def wait_for_admin(database: Database, chat_id: int) -> bool:
    """Send nothing to a group until an admin confirms; false: one has done so before."""
    return await database.fetchval(WAIT_FOR_ADMIN, chat_id) is not None


async def confirm_chat(database: Database, chat_id: int, *, payer_id: int) -> bool:
    """Let the bot speak in a chat, on the account of a person; false: another pays, or it is banned.

    Args:
        database: one statement, committed by itself.
        chat_id: a group or channel.
        payer_id: user id of an admin of that chat; the caller has checked that.
    """
    return await database.fetchval(CONFIRM, chat_id, payer_id) is not None


async def managed_channels(database: Database, user_id: int) -> list[Chat]:
    """The channels that a person has confirmed."""
    return [
        Chat(chat_id=row["chat_id"], kind=ChatKind(row["kind"]), title=row["title"])
        for row in await database.fetch(MANAGED, user_id)
    ]
