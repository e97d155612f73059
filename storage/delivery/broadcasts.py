"""Broadcasts: one text for all chats, a row for each, resumable after any crash."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from storage.postgres import Connection, Database, affected

LEASE_SECONDS = 60.0
MAX_ATTEMPTS = 5

DRAFT = "INSERT INTO broadcasts (text, created_by) VALUES ($1, $2) RETURNING broadcast_id"

COUNT = "SELECT count(*) FROM chats WHERE closed_at IS NULL"

START = """
UPDATE broadcasts SET state = 'running', finished_at = NULL
WHERE broadcast_id = $1 AND state IN ('draft', 'stopped') RETURNING broadcast_id
"""

ADDRESS = """
INSERT INTO broadcast_messages (broadcast_id, chat_id)
SELECT $1, chat_id FROM chats WHERE closed_at IS NULL
ON CONFLICT DO NOTHING
"""

STOP = "UPDATE broadcasts SET state = 'stopped' WHERE broadcast_id = $1 AND state = 'running'"

PROGRESS = """
SELECT broadcasts.broadcast_id, broadcasts.state, text,
       count(messages.chat_id) AS total,
       count(*) FILTER (WHERE messages.state = 'sent') AS sent,
       count(*) FILTER (WHERE messages.state = 'dead') AS dead,
       count(*) FILTER (WHERE messages.state = 'ambiguous') AS unknown
FROM broadcasts LEFT JOIN broadcast_messages AS messages USING (broadcast_id)
WHERE broadcasts.broadcast_id = coalesce(
    $1, (SELECT max(broadcast_id) FROM broadcasts WHERE state <> 'draft'))
GROUP BY broadcasts.broadcast_id
"""

RUNNING = "SELECT broadcast_id, text FROM broadcasts WHERE state = 'running' ORDER BY broadcast_id LIMIT 1"

# Who died between the mark and the note leaves nobody knowing: such a message is not sent again.
RECOVER = """
UPDATE broadcast_messages SET state = 'ambiguous', ambiguous_sends = ambiguous_sends + 1,
    finished_at = now(), error = 'the sender ended'
WHERE broadcast_id = $1 AND state = 'sending' AND lease_until < now()
"""

CLAIM = """
UPDATE broadcast_messages SET lease_owner = $2, lease_until = now() + make_interval(secs => $4)
WHERE broadcast_id = $1 AND chat_id IN (
    SELECT chat_id FROM broadcast_messages
    WHERE broadcast_id = $1 AND state = 'pending' AND due_at <= now()
      AND (lease_until IS NULL OR lease_until < now())
    ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
RETURNING chat_id
"""

# $4: the answer to this very statement was lost once, so it may be marked already.
MARK = """
UPDATE broadcast_messages SET state = 'sending',
    attempts = attempts + CASE WHEN broadcast_messages.state = 'pending' THEN 1 ELSE 0 END
FROM broadcasts JOIN chats ON chats.chat_id = $3
WHERE broadcast_messages.broadcast_id = $1 AND broadcasts.broadcast_id = $1 AND broadcasts.state = 'running'
  AND broadcast_messages.chat_id = $3 AND lease_owner = $2 AND lease_until > now()
  AND (broadcast_messages.state = 'pending' OR ($4 AND broadcast_messages.state = 'sending'))
  AND closed_at IS NULL
RETURNING broadcast_messages.attempts
"""

SETTLE = """
UPDATE broadcast_messages SET state = $4, error = $5,
    ambiguous_sends = ambiguous_sends + CASE WHEN $4 = 'ambiguous' THEN 1 ELSE 0 END,
    due_at = now() + make_interval(secs => $6),
    lease_owner = NULL, lease_until = NULL, finished_at = CASE WHEN $4 <> 'pending' THEN now() END
WHERE broadcast_id = $1 AND chat_id = $3 AND lease_owner = $2
"""

RELEASE = """
UPDATE broadcast_messages SET lease_owner = NULL, lease_until = NULL
WHERE broadcast_id = $1 AND lease_owner = $2 AND state = 'pending' AND chat_id = ANY($3::bigint[])
"""

CLOSED = """
UPDATE broadcast_messages SET state = 'dead', error = 'chat closed', finished_at = now()
FROM chats WHERE broadcast_id = $1 AND state = 'pending'
  AND chats.chat_id = broadcast_messages.chat_id AND closed_at IS NOT NULL
"""

FINISH = """
UPDATE broadcasts SET state = 'done', finished_at = now()
WHERE broadcast_id = $1 AND state = 'running' AND NOT EXISTS (
    SELECT FROM broadcast_messages WHERE broadcast_id = $1 AND state IN ('pending', 'sending'))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """One that is running."""

    broadcast_id: int
    text: str
    """Telegram HTML."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one has come."""

    broadcast_id: int
    state: str
    """draft, running, stopped or done."""
    text: str
    total: int
    sent: int
    dead: int
    unknown: int


async def draft(database: Database, text: str, *, by: int) -> int:
    """Keep a text that may be sent to all; its number."""
    number: int = await database.fetchval(DRAFT, text, by)
    return number


async def reachable(database: Database) -> int:
    """How many chats it would go to."""
    return int(await database.fetchval(COUNT))


async def start(database: Database, broadcast_id: int) -> bool:
    """Begin, or go on after a stop; false if it runs or is done already."""

    async def work(connection: Connection) -> bool:
        if await connection.fetchval(START, broadcast_id) is None:
            return False
        begun = await connection.fetchval(
            "SELECT EXISTS (SELECT FROM broadcast_messages WHERE broadcast_id = $1)", broadcast_id
        )
        if not begun:
            await connection.execute(ADDRESS, broadcast_id)
        return True

    return await database.transaction(work)


async def stop(database: Database, broadcast_id: int) -> bool:
    """Send no more of it for now; whether it was running."""
    return affected(await database.execute(STOP, broadcast_id)) > 0


async def progress(database: Database, broadcast_id: int | None = None) -> Progress | None:
    """How far one has come, or the latest that was begun."""
    row = await database.fetchrow(PROGRESS, broadcast_id)
    return None if row is None else Progress(**dict(row))


async def running(database: Database) -> Broadcast | None:
    """The oldest that is not through."""
    row = await database.fetchrow(RUNNING)
    return None if row is None else Broadcast(**dict(row))


async def claim(database: Database, broadcast_id: int, *, owner: str, limit: int) -> list[int]:
    """Chats that may be written to now, for this owner until a lease ends."""
    await database.execute(RECOVER, broadcast_id)
    await database.execute(CLOSED, broadcast_id)
    rows = await database.fetch(CLAIM, broadcast_id, owner, limit, LEASE_SECONDS)
    return [row["chat_id"] for row in rows]


async def mark(database: Database, broadcast_id: int, *, owner: str, chat_id: int) -> int | None:
    """Commit that it is being sent to this chat: the number of the try; None: it must not be sent."""
    tries = itertools.count()

    async def work(connection: Connection) -> int | None:
        attempts: int | None = await connection.fetchval(MARK, broadcast_id, owner, chat_id, next(tries) > 0)
        return attempts

    return await database.repeatable(work)


async def settle(  # noqa: PLR0913 - the columns of a row
    database: Database,
    broadcast_id: int,
    *,
    owner: str,
    chat_id: int,
    state: str,
    error: str | None = None,
    wait: float = 0.0,
) -> None:
    """Note what came of it: sent, dead, unknown, or pending again after `wait` seconds."""
    await database.execute(SETTLE, broadcast_id, owner, chat_id, state, error, wait)


async def release(database: Database, broadcast_id: int, *, owner: str, chat_ids: Sequence[int]) -> None:
    """Give back what was not sent."""
    await database.execute(RELEASE, broadcast_id, owner, list(chat_ids))


async def finish(database: Database, broadcast_id: int) -> bool:
    """It is through, if nothing of it waits; whether that is so."""
    return affected(await database.execute(FINISH, broadcast_id)) > 0
