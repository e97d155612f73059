"""What wallets did before anybody followed them: read once, and put under their positions."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from domain.positions.holdings import Holding
from storage.postgres import Connection, Database, columns

# The wallet that was followed last comes first: somebody waits for it. It looks at all watches: ask seldom.
UNREAD = """
SELECT wallet_id, address, min(since_slot) AS last_slot
FROM watches JOIN wallets USING (wallet_id) LEFT JOIN history_reads USING (wallet_id)
WHERE chain = $1 AND history_reads.ended_at IS NULL
  AND coalesce(history_reads.retry_at, '-infinity') < now()
GROUP BY wallet_id, address HAVING min(since_slot) IS NOT NULL
ORDER BY max(watches.created_at) DESC LIMIT $2
"""

BEGIN = """
INSERT INTO history_reads AS old (wallet_id, transactions, planned, retry_at)
SELECT $1, 0, 0, now() + make_interval(secs => $2) WHERE EXISTS (SELECT FROM watches WHERE wallet_id = $1)
ON CONFLICT (wallet_id) DO UPDATE SET transactions = 0, planned = 0, retry_at = excluded.retry_at
    WHERE old.ended_at IS NULL AND coalesce(old.retry_at, '-infinity') < now()
RETURNING wallet_id
"""

NOTE = """
INSERT INTO history_reads AS old (wallet_id, transactions, planned, retry_at)
VALUES ($1, $2, $3, now() + make_interval(secs => $4))
ON CONFLICT (wallet_id) DO UPDATE SET transactions = excluded.transactions, planned = excluded.planned,
    retry_at = excluded.retry_at
"""

KNOWN = "SELECT signature FROM activity_keys WHERE chain = $1 AND wallet = $2 AND signature = ANY($3::text[])"

# A position that is booked already is booked again on top of its history.
PUT = """
INSERT INTO positions AS old (chain, wallet_id, mint, state, slot, alert_id, base, next_base)
SELECT chain, wallet_id, mint, state, slot, 0, state, state
FROM unnest($1::text[], $2::bigint[], $3::text[], $4::jsonb[], $5::bigint[])
    AS new (chain, wallet_id, mint, state, slot)
ON CONFLICT (chain, wallet_id, mint) DO UPDATE SET base = excluded.base, stale_at = now()
WHERE old.base_alert_id = 0
"""

# Where dollars of an hour could not be read, all is read again after an hour, later after three and nine.
END = """
INSERT INTO history_reads AS old (wallet_id, transactions, planned, ended_at, rereads, retry_at)
VALUES ($1, $2, $2, CASE WHEN $3 THEN now() END, (NOT $3)::int, now() + interval '1 hour')
ON CONFLICT (wallet_id) DO UPDATE SET transactions = excluded.transactions, planned = excluded.planned,
    ended_at = CASE WHEN $3 OR old.rereads >= $4 THEN now() END, rereads = old.rereads + (NOT $3)::int,
    retry_at = now() + interval '1 hour' * 3 ^ old.rereads
"""
MAX_REREADS = 3

PROGRESS = """
SELECT transactions, planned, ended_at IS NOT NULL OR rereads > 0 AS has_ended
FROM history_reads JOIN wallets USING (wallet_id) WHERE chain = $1 AND address = $2
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadWallet:
    """A followed wallet whose history is not read."""

    wallet_id: int
    address: str
    last_slot: int
    """What happened later comes as alerts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadHistory:
    """What a wallet's past made of its positions."""

    holdings: Mapping[str, Holding]
    """By mint."""
    slot: int = 0
    """Of the latest transaction in it."""
    transactions: int = 0
    """How many were read."""
    is_final: bool = True
    """Whether reading them again later would say no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryProgress:
    """How far the reading of a wallet's history is."""

    transactions: int
    """Read so far."""
    planned: int
    has_ended: bool


async def unread_wallets(database: Database, *, chain: str, limit: int) -> list[UnreadWallet]:
    """The wallets whose histories are to be read next, in this order."""
    return [UnreadWallet(**dict(row)) for row in await database.fetch(UNREAD, chain, limit)]


async def begin_reading(database: Database, wallet: UnreadWallet, *, retry_seconds: float) -> bool:
    """Begin with a wallet, unless it was read meanwhile, another reads it, or nobody follows it any more.

    Args:
        database: where positions stand.
        wallet: as it was to be read.
        retry_seconds: after so many it begins again, if the reading goes no further.
    """
    return await database.fetchval(BEGIN, wallet.wallet_id, retry_seconds) is not None


async def note_progress(
    database: Database, wallet: UnreadWallet, *, transactions: int, planned: int, retry_seconds: float
) -> None:
    """Store how far the reading is; if it goes no further, it begins again after so many seconds."""
    await database.execute(NOTE, wallet.wallet_id, transactions, planned, retry_seconds)


async def known_signatures(
    database: Database, *, chain: str, wallet: str, signatures: Collection[str]
) -> frozenset[str]:
    """Which of a wallet's transactions are stored as activities, and so count as alerts."""
    rows = await database.fetch(KNOWN, chain, wallet, list(signatures))
    return frozenset(row["signature"] for row in rows)


async def put_history(
    database: Database,
    *,
    chain: str,
    wallet: UnreadWallet,
    read: ReadHistory,
) -> None:
    """Put what a wallet's history made of its positions under them; its reading has ended.

    Args:
        database: where positions stand.
        chain: of the wallet.
        wallet: whose history it is.
        read: what it made of them; if more may be known later, it is read again some times.
    """
    rows: Sequence[tuple[str, int, str, str, int]] = [
        (chain, wallet.wallet_id, mint, msgspec.json.encode(holding).decode(), read.slot)
        for mint, holding in sorted(read.holdings.items())  # one order for all writers
    ]

    async def work(connection: Connection) -> None:
        if rows:
            await connection.execute(PUT, *columns(rows, 5))
        await connection.execute(END, wallet.wallet_id, read.transactions, read.is_final, MAX_REREADS)

    await database.transaction(work)


async def history_progress(database: Database, *, chain: str, wallet: str) -> HistoryProgress | None:
    """How far the reading of a wallet's history is; None: it has not begun."""
    row = await database.fetchrow(PROGRESS, chain, wallet)
    return None if row is None else HistoryProgress(**dict(row))
