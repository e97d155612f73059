"""Updates from Telegram: stored before Telegram gets its 200, handled once, and in order within each chat."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import Enum, auto
from operator import attrgetter

import msgspec

from domain.rate_limits import RequestShares
from storage.chats.update_leases import LEASE_SECONDS
from storage.postgres import Connection, Database, columns
from storage.sql_files import read_statement

DEFAULT_SHARES = RequestShares()
SHARE_SECONDS = 60.0
"""The time over which shares are counted; it slides."""
BUSY_UPDATES = 100
"""With so many updates open the bot is busy, and a chat may have only BUSY_SHARE open requests."""
BUSY_SHARE = 2
LIMIT_MESSAGE_SECONDS = 75.0
"""An instance that was to tell a chat of its limit, and was silent for so long, leaves it to others. Longer
than a chat is told nothing more after it was told."""

STORE = read_statement(__name__, "STORE")
STORE_HEAVY = read_statement(__name__, "STORE_HEAVY")

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
