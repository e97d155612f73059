"""Updates from Telegram: stored before Telegram gets its 200, handled once, and in order within each chat."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import Enum, auto
from operator import attrgetter

import msgspec

from domain.rate_limits import RequestShares
from storage.chats.update_leases import LEASE_SECONDS
from storage.postgres import Connection, Database, columns

DEFAULT_SHARES = RequestShares()
SHARE_SECONDS = 60.0
"""The time over which shares are counted; it slides."""
BUSY_UPDATES = 100
"""With so many updates open the bot is busy, and a chat may have only BUSY_SHARE open requests."""
BUSY_SHARE = 2
LIMIT_MESSAGE_SECONDS = 75.0
"""An instance that was to tell a chat of its limit, and was silent for so long, leaves it to others. Longer
than a chat is told nothing more after it was told."""

# What could not be read is set aside with its text. With an owner ($2) the first update of a chat that has
# none open is leased to it at once. Of two instances that do so for one chat the second one conflicts with
# updates_working and stores nothing, so what is missing in the answer is stored again without a lease.
STORE = """
INSERT INTO updates (update_id, chat_id, user_id, is_request, payload, state, error, finished_at,
    attempts, lease_owner, lease_until)
SELECT update_id, chat_id, user_id, is_request, payload,
    CASE WHEN is_unreadable THEN 'failed' WHEN is_leased THEN 'working' ELSE 'new' END,
    CASE WHEN is_unreadable THEN 'unreadable' END, CASE WHEN is_unreadable THEN now() END,
    is_leased::integer, CASE WHEN is_leased THEN $2 END,
    CASE WHEN is_leased THEN now() + make_interval(secs => $3) END
FROM (
    SELECT *, chat_id = 0 AND payload ? 'unreadable' AS is_unreadable,
        $2::text IS NOT NULL AND chat_id <> 0 AND update_id = min(update_id) OVER (PARTITION BY chat_id)
        AND NOT EXISTS (SELECT FROM updates AS other
            WHERE other.chat_id = given.chat_id AND other.state IN ('new', 'working'))
        AND NOT EXISTS (SELECT FROM chats WHERE chats.chat_id = given.chat_id
            AND (closed_at IS NOT NULL OR suspended_at IS NOT NULL)) AS is_leased
    FROM (SELECT update_id, chat_id, user_id, is_request, payload::jsonb AS payload
        FROM json_to_recordset($1::json) AS row
            (update_id bigint, chat_id bigint, user_id bigint, is_request boolean, payload text)) AS given
) AS judged
ON CONFLICT DO NOTHING RETURNING update_id, state = 'working' AS is_leased
"""

# The same for loud ones. Only requests that were let in are counted, so the index holds no more of a chat
# than its share. A limited update keeps its id, so that it is known when it comes again, and nothing of what
# it says; the first one of a chat also keeps where it came from, until the chat is notified.
STORE_HEAVY = """
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
    SELECT update_id, NOT is_told AND update_id = min(update_id) OVER (PARTITION BY chat_id) AS is_first
    FROM ranked
    JOIN in_chat USING (chat_id) LEFT JOIN of_person USING (user_id) CROSS JOIN busy
    WHERE in_chat.handled + of_chat > CASE WHEN chat_id > 0 THEN $7::bigint ELSE $8::bigint END
        OR (user_id <> 0 AND of_person.handled + ranked.of_person > $6::bigint)
        OR (is_busy AND open + of_chat > $10::bigint)
), stored AS (
    INSERT INTO updates (update_id, chat_id, user_id, is_request, payload, state, error, lease_until,
        finished_at)
    SELECT update_id, given.chat_id, user_id, beyond.update_id IS NULL,
        CASE WHEN beyond.update_id IS NULL THEN payload
            WHEN is_first THEN payload
                #- '{message,text}' #- '{message,caption}' #- '{message,reply_to_message}'
                #- '{edited_message,text}' #- '{edited_message,caption}'
                #- '{edited_message,reply_to_message}'
                #- '{callback_query,data}' #- '{callback_query,message,text}'
            ELSE jsonb_build_object('update_id', update_id) END,
        CASE WHEN beyond.update_id IS NULL THEN 'new' ELSE 'limited' END,
        CASE WHEN is_first THEN 'not notified' END,
        CASE WHEN is_first THEN now() + make_interval(secs => $11) END,
        CASE WHEN beyond.update_id IS NOT NULL THEN now() END
    FROM given LEFT JOIN beyond USING (update_id)
    ON CONFLICT DO NOTHING RETURNING update_id
)
SELECT update_id, beyond.update_id IS NOT NULL AS is_limited, is_first
FROM stored LEFT JOIN beyond USING (update_id)
"""

_BY_ID = attrgetter("update_id")

# A plan that was made while the table was small reads all of it, and is kept while it grows.
BY_INDEX = "SET LOCAL enable_seqscan = off"


NEWCOMERS = """
SELECT chat_id FROM unnest($1::bigint[]) AS asked (chat_id) WHERE NOT EXISTS (
    SELECT FROM chats WHERE chats.chat_id = asked.chat_id AND created_at < now() - make_interval(secs => $2))
"""
NEWCOMER_SECONDS = 3_600.0
"""For so long a chat is one."""


class StoreResult(Enum):
    """What became of an update."""

    NEW = auto()
    """It will be handled."""
    LEASED = auto()
    """The same, and whoever stored it has its lease: no other update of its chat, which is open, waits."""
    KNOWN = auto()
    """It was stored before."""
    LIMITED = auto()
    """Its chat or its person asks more than their share: it is counted and never handled."""
    FIRST_LIMITED = auto()
    """The same, and its chat is to be told so: nothing of it was limited shortly before."""


class ReceivedUpdate(msgspec.Struct, frozen=True, kw_only=True):
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
    is_heavy: bool = False
    """It is a request, and its chat or person asked so much recently that their shares are to be checked."""


async def store_updates(
    database: Database,
    updates: Sequence[ReceivedUpdate],
    *,
    owner: str | None = None,
    shares: RequestShares = DEFAULT_SHARES,
) -> dict[int, StoreResult]:
    """Store updates; by id what became of each that was not known.

    Loud ones are counted against the shares of their chats and persons, which costs more.

    Args:
        database: where they are stored.
        updates: each once.
        owner: who will handle at once what can be handled at once: it gets the leases. None: nobody.
        shares: of a person, a private chat and a group.
    """
    loud = sorted((u.update_id, u.chat_id, u.user_id, u.payload) for u in updates if u.is_heavy)
    if not loud:
        return await _store_quiet(database, updates, owner)
    limits = (
        *(shares.per_minute, shares.per_minute, shares.per_group, BUSY_UPDATES, BUSY_SHARE),
        LIMIT_MESSAGE_SECONDS,
    )

    async def work(connection: Connection) -> dict[int, StoreResult]:
        stored = await _store_quiet(connection, [u for u in updates if not u.is_heavy], owner)
        await connection.execute(BY_INDEX)
        for row in await connection.fetch(STORE_HEAVY, *columns(loud, 4), SHARE_SECONDS, *limits):
            stored[row["update_id"]] = _result(is_limited=row["is_limited"], is_first=row["is_first"])
        return stored

    return await database.transaction(work)


async def _store_quiet(
    database: Database | Connection, updates: Sequence[ReceivedUpdate], owner: str | None
) -> dict[int, StoreResult]:
    if not updates:
        return {}
    ordered = sorted(updates, key=_BY_ID)  # of two statements none waits for the other's rows
    given = msgspec.json.encode(ordered).decode()
    results = {
        update_id: StoreResult.LEASED if is_leased else StoreResult.NEW
        for update_id, is_leased in await database.fetch(STORE, given, owner, LEASE_SECONDS)
    }
    left = [update for update in updates if update.update_id not in results]
    return {**results, **await _store_quiet(database, left, None)} if left and owner else results


def _result(*, is_limited: bool, is_first: bool | None) -> StoreResult:
    if not is_limited:
        return StoreResult.NEW
    return StoreResult.FIRST_LIMITED if is_first else StoreResult.LIMITED


async def newcomers_among(database: Database, chat_ids: Collection[int]) -> set[int]:
    """Those of these chats that the bot has not known for long."""
    rows = await database.fetch(NEWCOMERS, list(chat_ids), NEWCOMER_SECONDS)
    return {row["chat_id"] for row in rows}


async def open_updates(database: Database) -> int:
    """The number of updates that are not handled yet."""
    return int(await database.fetchval("SELECT count(*) FROM updates WHERE state IN ('new', 'working')"))
