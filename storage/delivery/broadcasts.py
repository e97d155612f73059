"""Broadcasts: one text for all chats, with a row for each chat, so that a crash loses nothing."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from domain.delivery.broadcasts import BroadcastProgress, BroadcastState
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

# Without an id: the latest broadcast that was started.
PROGRESS = """
SELECT broadcasts.broadcast_id, broadcasts.state, text,
       count(messages.chat_id) AS total,
       count(*) FILTER (WHERE messages.state = 'sent') AS sent,
       count(*) FILTER (WHERE messages.state = 'dead') AS dead,
       count(*) FILTER (WHERE messages.state = 'ambiguous') AS ambiguous
FROM broadcasts LEFT JOIN broadcast_messages AS messages USING (broadcast_id)
WHERE broadcasts.broadcast_id = coalesce(
    $1, (SELECT max(broadcast_id) FROM broadcasts WHERE state <> 'draft'))
GROUP BY broadcasts.broadcast_id
"""

RUNNING = "SELECT broadcast_id, text FROM broadcasts WHERE state = 'running' ORDER BY broadcast_id LIMIT 1"

# A sender died between its mark and its record: nobody knows whether the chat has the message. It is not sent
# again, since a broadcast is no reason for a second copy.
RECOVER = """
UPDATE broadcast_messages SET state = 'ambiguous', ambiguous_sends = ambiguous_sends + 1,
    finished_at = now(), error = 'the sender ended'
WHERE broadcast_id = $1 AND state = 'sending' AND lease_until < now()
"""

# SKIP LOCKED: several workers share a broadcast, each with other chats.
CLAIM = """
UPDATE broadcast_messages SET lease_owner = $2, lease_until = now() + make_interval(secs => $4)
WHERE broadcast_id = $1 AND chat_id IN (
    SELECT chat_id FROM broadcast_messages
    WHERE broadcast_id = $1 AND state = 'pending' AND due_at <= now()
      AND (lease_until IS NULL OR lease_until < now())
    ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
RETURNING chat_id
"""

# $4: the answer to this very statement did not arrive once, so it may have marked the row already.
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

# Only the owner of the lease records: after its end another sender may have claimed the chat.
RECORD_RESULT = """
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

CLOSE = """
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
    """A broadcast that is running."""

    broadcast_id: int
    text: str
    """Telegram HTML."""


async def draft(database: Database, text: str, *, by: int) -> int:
    """Store a text that may be sent to all chats; its number."""
    number: int = await database.fetchval(DRAFT, text, by)
    return number


async def reachable(database: Database) -> int:
    """The number of chats that a broadcast would go to."""
    return int(await database.fetchval(COUNT))


async def start(database: Database, broadcast_id: int) -> bool:
    """Start a broadcast, or go on after a stop; false if it is running or done."""

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
    """Send no more of it until it is started again; whether it was running."""
    return affected(await database.execute(STOP, broadcast_id)) > 0


async def progress(database: Database, broadcast_id: int | None = None) -> BroadcastProgress | None:
    """How far a broadcast has come, or the latest one that was started."""
    row = await database.fetchrow(PROGRESS, broadcast_id)
    if row is None:
        return None
    return BroadcastProgress(**{**dict(row), "state": BroadcastState(row["state"])})


async def running(database: Database) -> Broadcast | None:
    """The oldest broadcast that is running."""
    row = await database.fetchrow(RUNNING)
    return None if row is None else Broadcast(**dict(row))


async def claim(database: Database, broadcast_id: int, *, owner: str, limit: int) -> list[int]:
    """Take the right to send it to some chats until a lease ends; the chats."""
    await database.execute(RECOVER, broadcast_id)
    await database.execute(CLOSE, broadcast_id)
    rows = await database.fetch(CLAIM, broadcast_id, owner, limit, LEASE_SECONDS)
    return [row["chat_id"] for row in rows]


async def mark(database: Database, broadcast_id: int, *, owner: str, chat_id: int) -> int | None:
    """Commit that it is being sent to this chat; the number of the attempt, None: it must not be sent."""
    tries = itertools.count()

    async def work(connection: Connection) -> int | None:
        attempts: int | None = await connection.fetchval(MARK, broadcast_id, owner, chat_id, next(tries) > 0)
        return attempts

    return await database.repeatable(work)


async def record_result(  # noqa: PLR0913 - the columns of a row
    database: Database,
    broadcast_id: int,
    *,
    owner: str,
    chat_id: int,
    state: str,
    error: str | None = None,
    wait: float = 0.0,
) -> None:
    """Record what became of it: sent, dead, ambiguous, or pending again after `wait` seconds."""
    await database.execute(RECORD_RESULT, broadcast_id, owner, chat_id, state, error, wait)


async def release(database: Database, broadcast_id: int, *, owner: str, chat_ids: Sequence[int]) -> None:
    """Give back claims of chats that it was not sent to."""
    await database.execute(RELEASE, broadcast_id, owner, list(chat_ids))


async def finish(database: Database, broadcast_id: int) -> bool:
    """Mark the broadcast as done if no chat waits for it; whether that is so."""
    return affected(await database.execute(FINISH, broadcast_id)) > 0
