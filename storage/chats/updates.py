"""Updates from Telegram: stored before Telegram gets its 200, handled once, and in order within each chat."""

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

# An advisory lock makes the claims of one chat wait for each other, so that no two instances handle updates
# of one chat at the same time. An owner asks only for a chat of which it handles no update now: if it has a
# lease there, the answer to that claim did not arrive, so it gets the same update again.
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

# A chat waits only if none of its updates has a lease: another instance may handle an older one.
WAITING_CHATS = """
SELECT chat_id FROM updates
WHERE state IN ('new', 'working')
GROUP BY chat_id
HAVING bool_and(state = 'new' OR lease_until < now()) AND min(received_at) < now() - make_interval(secs => $1)
ORDER BY min(update_id) LIMIT $2
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedUpdate:
    """One update as Telegram sent it."""

    update_id: int
    chat_id: int
    """The chat within which updates are handled in order; 0: it names no chat."""
    payload: str
    """Its JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateLease:
    """The right to handle one update, until a lease ends."""

    update_id: int
    chat_id: int
    payload: str
    attempts: int
    """Attempts so far, this one included."""
    age: float = 0.0
    """Seconds since the update was stored."""


async def store_updates(database: Database, updates: Sequence[ReceivedUpdate]) -> set[int]:
    """Store updates; the ids of those that are new."""
    rows = sorted((u.update_id, u.chat_id, u.payload) for u in updates)
    return {row["update_id"] for row in await database.fetch(STORE, *columns(rows, 3))}


async def lease_next_update(database: Database, *, chat_id: int, owner: str) -> UpdateLease | None:
    """Lease the oldest open update of a chat; None: there is none, or another owner has a lease there."""

    async def work(connection: Connection) -> UpdateLease | None:
        await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('updates', $1))", chat_id)
        row = await connection.fetchrow(CLAIM, chat_id, owner, LEASE_SECONDS)
        return None if row is None else UpdateLease(**dict(row))

    return await database.transaction(work)


async def finish_update(
    database: Database, lease: UpdateLease, *, owner: str, error: str | None = None
) -> bool:
    """Store that it is handled, or has failed for good with `error`; False if another owner has the lease."""
    state = "done" if error is None else "failed"
    return affected(await database.execute(FINISH, lease.update_id, owner, state, error)) > 0


async def release_update(database: Database, lease: UpdateLease, *, owner: str) -> None:
    """End the lease of an update that is not handled; any owner may lease it at once."""
    await database.execute(
        "UPDATE updates SET state = 'new', lease_owner = NULL, lease_until = NULL"
        " WHERE update_id = $1 AND lease_owner = $2",
        lease.update_id,
        owner,
    )


async def postpone_update(
    database: Database, lease: UpdateLease, *, owner: str, seconds: float, refund_attempt: bool
) -> None:
    """End the lease of an update that is not handled; no owner gets an update of the chat for `seconds`.

    Args:
        database: where updates stand.
        lease: of the update.
        owner: of the lease.
        seconds: the pause, on the database's clock.
        refund_attempt: the update did not cause the failure, so the attempt does not count.
    """
    await database.execute(POSTPONE, lease.update_id, owner, seconds, int(refund_attempt))


async def waiting_chats(database: Database, *, older_than: float, limit: int) -> list[int]:
    """Chats whose open updates have no lease and are older than `older_than` seconds."""
    return [row["chat_id"] for row in await database.fetch(WAITING_CHATS, older_than, limit)]


async def open_updates(database: Database) -> int:
    """The number of updates that are not handled yet."""
    return int(await database.fetchval("SELECT count(*) FROM updates WHERE state IN ('new', 'working')"))


async def last_update_id(database: Database) -> int | None:
    """The highest id that is stored; long polling goes on from it."""
    highest: int | None = await database.fetchval("SELECT max(update_id) FROM updates")
    return highest
