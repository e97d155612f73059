"""Updates from Telegram: stored before Telegram gets its 200, handled once, and in order within each chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from storage.postgres import Connection, Database, affected, columns

LEASE_SECONDS = 30.0
MAX_ATTEMPTS = 3
SHARE_SECONDS = 60.0
"""The time over which shares are counted; it slides."""
PERSON_SHARE = 30
"""Requests of one person, over all chats, that are handled in this time."""
CHAT_SHARE = 30
GROUP_SHARE = 15
"""The same of a private chat and of a group; 5 of the 20 messages that Telegram takes are for alerts."""
BUSY_UPDATES = 100
"""With so many updates open the bot is busy, and a chat may have only BUSY_SHARE open requests."""
BUSY_SHARE = 2

# What could not be read is set aside with its text.
STORE = """
INSERT INTO updates (update_id, chat_id, user_id, is_request, payload, state, error, finished_at)
SELECT update_id, chat_id, user_id, is_request, payload,
    CASE WHEN chat_id = 0 AND payload ? 'unreadable' THEN 'failed' ELSE 'new' END,
    CASE WHEN chat_id = 0 AND payload ? 'unreadable' THEN 'unreadable' END,
    CASE WHEN chat_id = 0 AND payload ? 'unreadable' THEN now() END
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::boolean[], $5::jsonb[])
    AS given (update_id, chat_id, user_id, is_request, payload)
ON CONFLICT DO NOTHING RETURNING update_id
"""

# The same for loud ones. Only requests that were let in are counted, so the index holds no more of a chat
# than its share. A limited update keeps its id, so that it is known when it comes again, and nothing of what
# it says.
STORE_LOUD = """
WITH given AS MATERIALIZED (
    SELECT given.* FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::jsonb[])
        AS given (update_id, chat_id, user_id, payload)
    WHERE NOT EXISTS (SELECT FROM updates WHERE updates.update_id = given.update_id)
), ranked AS MATERIALIZED (
    SELECT update_id, chat_id, user_id,
        row_number() OVER (PARTITION BY chat_id ORDER BY update_id) AS of_chat,
        row_number() OVER (PARTITION BY user_id ORDER BY update_id) AS of_person
    FROM given
), in_chat AS MATERIALIZED (
    SELECT chat_id,
        (SELECT count(*) FROM updates WHERE updates.chat_id = asking.chat_id AND is_request
            AND received_at > now() - make_interval(secs => $5)) AS handled,
        (SELECT count(*) FROM updates WHERE updates.chat_id = asking.chat_id AND is_request
            AND state IN ('new', 'working')) AS open,
        EXISTS (SELECT FROM updates WHERE updates.chat_id = asking.chat_id AND state = 'limited'
            AND received_at > now() - make_interval(secs => $5)) AS is_told
    FROM (SELECT DISTINCT chat_id FROM ranked) AS asking
), of_person AS MATERIALIZED (
    SELECT user_id, (SELECT count(*) FROM updates WHERE updates.user_id = asking.user_id AND is_request
        AND received_at > now() - make_interval(secs => $5)) AS handled
    FROM (SELECT DISTINCT user_id FROM ranked WHERE user_id <> 0) AS asking
), busy AS MATERIALIZED (
    SELECT count(*) >= $9::bigint AS is_busy
    FROM (SELECT FROM updates WHERE state IN ('new', 'working') LIMIT $9::bigint) AS open
), beyond AS MATERIALIZED (
    SELECT update_id, chat_id, is_told FROM ranked
    JOIN in_chat USING (chat_id) LEFT JOIN of_person USING (user_id) CROSS JOIN busy
    WHERE in_chat.handled + of_chat > CASE WHEN chat_id > 0 THEN $7::bigint ELSE $8::bigint END
        OR (user_id <> 0 AND of_person.handled + ranked.of_person > $6::bigint)
        OR (is_busy AND open + of_chat > $10::bigint)
), stored AS (
    INSERT INTO updates (update_id, chat_id, user_id, is_request, payload, state, finished_at)
    SELECT update_id, given.chat_id, user_id, beyond.update_id IS NULL,
        CASE WHEN beyond.update_id IS NULL THEN payload
            ELSE jsonb_build_object('update_id', update_id) END,
        CASE WHEN beyond.update_id IS NULL THEN 'new' ELSE 'limited' END,
        CASE WHEN beyond.update_id IS NOT NULL THEN now() END
    FROM given LEFT JOIN beyond USING (update_id)
    ON CONFLICT DO NOTHING RETURNING update_id
)
SELECT update_id, beyond.update_id IS NOT NULL AS is_limited,
    NOT is_told AND update_id = min(update_id) OVER (PARTITION BY chat_id) AS is_first
FROM stored LEFT JOIN beyond USING (update_id)
"""

# A plan that was made while the table was small reads all of it, and is kept while it grows.
BY_INDEX = "SET LOCAL enable_seqscan = off"

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
RETURNING update_id, chat_id, user_id, payload, attempts,
    extract(epoch FROM now() - received_at)::float8 AS age
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

# A chat waits only if none of its updates has a lease: another instance may handle an older one. Who has few
# comes before who has many.
WAITING_CHATS = """
SELECT chat_id FROM updates
WHERE state IN ('new', 'working')
GROUP BY chat_id
HAVING bool_and(state = 'new' OR lease_until < now()) AND min(received_at) < now() - make_interval(secs => $1)
ORDER BY count(*), min(update_id) LIMIT $2
"""


class StoreResult(Enum):
    """What became of an update."""

    NEW = auto()
    """It will be handled."""
    KNOWN = auto()
    """It was stored before."""
    LIMITED = auto()
    """Its chat or its person asks more than their share: it is counted and never handled."""
    FIRST_LIMITED = auto()
    """The same, and its chat is to be told so: nothing of it was limited shortly before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedUpdate:
    """One update as Telegram sent it."""

    update_id: int
    chat_id: int
    """The chat within which updates are handled in order; 0: it names no chat."""
    payload: str
    """Its JSON."""
    user_id: int = 0
    """Whose share it counts towards; 0: nobody's."""
    is_request: bool = False
    """It asks the bot to do or say something, so it counts towards the shares of its chat and person."""
    is_loud: bool = False
    """It is a request, and its chat or person asked so much lately that their shares are to be looked at."""


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
    user_id: int = 0
    """Who sent it; 0: nobody whose requests are counted together."""


async def store_updates(database: Database, updates: Sequence[ReceivedUpdate]) -> dict[int, StoreResult]:
    """Store updates; by id what became of each that was not known.

    Loud ones are counted against the shares of their chats and persons, which costs more.
    """
    loud = sorted((u.update_id, u.chat_id, u.user_id, u.payload) for u in updates if u.is_loud)
    if not loud:
        return await _store_quiet(database, updates)
    shares = (SHARE_SECONDS, PERSON_SHARE, CHAT_SHARE, GROUP_SHARE, BUSY_UPDATES, BUSY_SHARE)

    async def work(connection: Connection) -> dict[int, StoreResult]:
        stored = await _store_quiet(connection, [u for u in updates if not u.is_loud])
        await connection.execute(BY_INDEX)
        for row in await connection.fetch(STORE_LOUD, *columns(loud, 4), *shares):
            stored[row["update_id"]] = _result(is_limited=row["is_limited"], is_first=row["is_first"])
        return stored

    return await database.transaction(work)


async def _store_quiet(
    database: Database | Connection, updates: Sequence[ReceivedUpdate]
) -> dict[int, StoreResult]:
    rows = sorted((u.update_id, u.chat_id, u.user_id, u.is_request, u.payload) for u in updates)
    if not rows:
        return {}
    stored = await database.fetch(STORE, *columns(rows, 5))
    return {row["update_id"]: StoreResult.NEW for row in stored}


def _result(*, is_limited: bool, is_first: bool | None) -> StoreResult:
    if not is_limited:
        return StoreResult.NEW
    return StoreResult.FIRST_LIMITED if is_first else StoreResult.LIMITED


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
