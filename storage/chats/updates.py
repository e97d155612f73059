"""The inbox: what Telegram sent, stored before Telegram hears 200, handled once and in order per chat."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.postgres import Connection, Database, affected, columns

LEASE_SECONDS = 30.0
MAX_ATTEMPTS = 3

STORE = """
INSERT INTO updates (update_id, chat_id, payload)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::jsonb[])
ON CONFLICT DO NOTHING RETURNING update_id
"""

# The lock makes claims of one chat wait for each other, so that no two instances work for one chat at once.
# An owner asks for a chat only when it is not at work for it: what it holds then was taken by a claim whose
# answer was lost, and is given again.
CLAIM = """
UPDATE updates SET state = 'working', attempts = attempts + 1, lease_owner = $2,
    lease_until = now() + make_interval(secs => $3)
WHERE update_id = (
    SELECT min(update_id) FROM updates WHERE chat_id = $1 AND state IN ('new', 'working'))
  AND NOT EXISTS (
    SELECT 1 FROM updates WHERE chat_id = $1 AND state = 'working' AND lease_until > now()
      AND lease_owner IS DISTINCT FROM $2)
RETURNING update_id, chat_id, payload, attempts, extract(epoch FROM now() - received_at)::float8 AS age
"""

FINISH = """
UPDATE updates SET state = $3, error = $4, finished_at = now(), lease_owner = NULL, lease_until = NULL
WHERE update_id = $1 AND lease_owner = $2
"""

POSTPONE = """
UPDATE updates SET lease_owner = NULL, lease_until = now() + make_interval(secs => $3),
    attempts = attempts - $4
WHERE update_id = $1 AND lease_owner = $2
"""

WAITING_CHATS = """
SELECT chat_id FROM updates
WHERE state IN ('new', 'working')
GROUP BY chat_id
HAVING bool_and(state = 'new' OR lease_until < now()) AND min(received_at) < now() - make_interval(secs => $1)
ORDER BY min(update_id) LIMIT $2
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedUpdate:
    """One update as it came."""

    update_id: int
    chat_id: int
    """The chat whose order it belongs to; 0: it names no chat."""
    payload: str
    """Its JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateLease:
    """The right to handle one update, until a lease ends."""

    update_id: int
    chat_id: int
    payload: str
    attempts: int
    """Tries so far, this one counted."""
    age: float = 0.0
    """Seconds since the update was stored."""


async def store_updates(database: Database, updates: Sequence[ReceivedUpdate]) -> set[int]:
    """Store updates; the ids of those that were not known before."""
    rows = sorted((u.update_id, u.chat_id, u.payload) for u in updates)
    return {row["update_id"] for row in await database.fetch(STORE, *columns(rows, 3))}


async def lease_next_update(database: Database, *, chat_id: int, owner: str) -> UpdateLease | None:
    """The oldest open update of a chat, unless somebody is at work for this chat."""

    async def work(connection: Connection) -> UpdateLease | None:
        await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('updates', $1))", chat_id)
        row = await connection.fetchrow(CLAIM, chat_id, owner, LEASE_SECONDS)
        return None if row is None else UpdateLease(**dict(row))

    return await database.transaction(work)


async def finish_update(
    database: Database, lease: UpdateLease, *, owner: str, error: str | None = None
) -> bool:
    """The update is handled, or has failed for good with `error`; False if the lease had gone to another."""
    state = "done" if error is None else "failed"
    return affected(await database.execute(FINISH, lease.update_id, owner, state, error)) > 0


async def release_update(database: Database, lease: UpdateLease, *, owner: str) -> None:
    """Not handled now; anybody may take it at once."""
    await database.execute(
        "UPDATE updates SET state = 'new', lease_owner = NULL, lease_until = NULL"
        " WHERE update_id = $1 AND lease_owner = $2",
        lease.update_id,
        owner,
    )


async def postpone_update(
    database: Database, lease: UpdateLease, *, owner: str, seconds: float, refund_attempt: bool
) -> None:
    """Not handled now; nobody works for this chat for `seconds`, then anybody may.

    Args:
        database: where the update stands.
        lease: of the update that was tried.
        owner: who tried.
        seconds: the pause, on the database's clock.
        refund_attempt: it was not the update's fault, so the try does not count.
    """
    await database.execute(POSTPONE, lease.update_id, owner, seconds, int(refund_attempt))


async def waiting_chats(database: Database, *, older_than: float, limit: int) -> list[int]:
    """Chats with open updates that nobody works on, received more than `older_than` seconds ago."""
    return [row["chat_id"] for row in await database.fetch(WAITING_CHATS, older_than, limit)]


async def open_updates(database: Database) -> int:
    """How many updates are not handled yet."""
    return int(await database.fetchval("SELECT count(*) FROM updates WHERE state IN ('new', 'working')"))


async def last_update_id(database: Database) -> int | None:
    """The highest update stored, from which long polling goes on."""
    highest: int | None = await database.fetchval("SELECT max(update_id) FROM updates")
    return highest
