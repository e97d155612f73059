"""Backfilled history of wallets: read once, and added below their positions."""

import contextlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from domain.activity.activity import Activity
from domain.patterns.alone import LastAct
from domain.positions.holdings import Holding, encoded
from domain.positions.outcomes import PastSale
from storage.postgres import Connection, Database, columns
from storage.sql_files import read_statement

UNREAD = read_statement(__name__, "UNREAD")
WATCHED_SECONDS = 8.0
"""After a watch was made; by then every scanner has it in its list, which it reads every five seconds."""

# Of several readers one begins: whoever comes second finds a retry time ahead. Nobody reads for a wallet that
# was given up meanwhile.
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

# A position that is booked already is booked again on top of its history, from its first alert on; if that is
# deleted, nobody can.
PUT = """
INSERT INTO positions AS old (chain, wallet_id, mint, state, slot, alert_id, base, next_base)
SELECT chain, wallet_id, mint, state, slot, 0, state, state
FROM unnest($1::text[], $2::bigint[], $3::text[], $4::jsonb[], $5::bigint[])
    AS new (chain, wallet_id, mint, state, slot)
ON CONFLICT (chain, wallet_id, mint) DO UPDATE SET base = excluded.base, base_alert_id = 0,
    next_base = excluded.base, next_base_alert_id = 0, stale_at = now()
WHERE NOT old.is_cut
"""

FORGET_SALES = "DELETE FROM history_sales WHERE wallet_id = $1"
PUT_SALES = """
INSERT INTO history_sales (wallet_id, number, sold_at, outcome)
SELECT $1, number, to_timestamp(sold_at), outcome
FROM unnest($2::int[], $3::bigint[], $4::jsonb[]) AS new (number, sold_at, outcome)
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
_decode_activities = msgspec.json.Decoder(list[Activity]).decode

KEPT = "SELECT signature, activities FROM history_transactions WHERE wallet_id = $1"
KEEP = """
INSERT INTO history_transactions (wallet_id, signature, activities)
SELECT $1, signature, activities FROM unnest($2::text[], $3::jsonb[]) AS new (signature, activities)
WHERE EXISTS (SELECT FROM wallets WHERE wallet_id = $1)
ON CONFLICT DO NOTHING
"""
FORGET = """
DELETE FROM history_transactions USING history_reads
WHERE history_transactions.wallet_id = $1 AND history_reads.wallet_id = $1 AND ended_at IS NOT NULL
"""

# What was seen of it since it is followed says more than since when nothing is known.
ACTED = """
INSERT INTO wallet_acts AS old (wallet_id, acted_at, is_bound)
SELECT $1, $2, $3 WHERE EXISTS (SELECT FROM wallets WHERE wallet_id = $1)
ON CONFLICT (wallet_id) DO UPDATE SET acted_at = excluded.acted_at, is_bound = false
    WHERE old.acted_at < excluded.acted_at AND NOT excluded.is_bound
"""

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
class HistoryResult:
    """The result of reading a wallet's history."""

    holdings: Mapping[str, Holding]
    """By mint."""
    sales: Sequence[PastSale] = ()
    slot: int = 0
    """Of the latest transaction in it."""
    transactions: int = 0
    """How many were read."""
    is_final: bool = True
    """Whether reading them again later would tell nothing more."""
    last_act: LastAct | None = None
    """When the wallet did something itself last; None: never, or not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryProgress:
    """How far the reading of a wallet's history is."""

    transactions: int
    """Read so far."""
    planned: int
    has_ended: bool


async def unread_wallets(database: Database, *, chain: str, limit: int) -> list[UnreadWallet]:
    """The wallets whose histories are to be read next, in this order.

    Args:
        database: it is only read.
        chain: of the wallets.
        limit: how many at most, those watched last first.
    """
    rows = await database.fetch(UNREAD, chain, limit, WATCHED_SECONDS)
    return [UnreadWallet(**dict(row)) for row in rows]


async def begin_reading(database: Database, wallet: UnreadWallet, *, retry_seconds: float) -> bool:
    """Begin to read a wallet, unless it was read meanwhile, is being read, or is no longer followed.

    Args:
        database: where positions are stored.
        wallet: as it was to be read.
        retry_seconds: after so many it begins again, if the reading goes no further.
    """
    return await database.fetchval(BEGIN, wallet.wallet_id, retry_seconds) is not None


async def note_progress(
    database: Database, wallet: UnreadWallet, *, transactions: int, planned: int, retry_seconds: float
) -> None:
    """Store how far the reading is; if it goes no further, it begins again after so many seconds.

    Args:
        database: one statement, committed by itself.
        wallet: as `unread_wallets` returned it.
        transactions: read so far.
        planned: how many there are to read, as far as is known.
        retry_seconds: longer than the pause between two notes, or a second reader begins beside the first.
    """
    await database.execute(NOTE, wallet.wallet_id, transactions, planned, retry_seconds)


async def known_signatures(
    database: Database, *, chain: str, wallet: str, signatures: Collection[str]
) -> frozenset[str]:
    """Return which of a wallet's transactions are stored as activities, and so count as alerts.

    Args:
        database: it is only read.
        chain: of the wallet.
        wallet: its address.
        signatures: base58; those that are not stored are missing in the answer.
    """
    rows = await database.fetch(KNOWN, chain, wallet, list(signatures))
    return frozenset(row["signature"] for row in rows)


async def kept_transactions(database: Database, wallet: UnreadWallet) -> dict[str, list[Activity]]:
    """Return what is read already of a wallet's history, by signature: what each transaction did.

    Args:
        database: it is only read.
        wallet: whose history it is.
    """
    found: dict[str, list[Activity]] = {}
    for row in await database.fetch(KEPT, wallet.wallet_id):
        with contextlib.suppress(msgspec.DecodeError):  # of another version: it is read again
            found[row["signature"]] = _decode_activities(row["activities"])
    return found


async def keep_transactions(
    database: Database, wallet: UnreadWallet, read: Mapping[str, Sequence[Activity]]
) -> None:
    """Keep what was read of a wallet's history until all of it is, so that nobody reads it again.

    Args:
        database: one statement, committed by itself.
        wallet: whose history it is.
        read: by signature; nothing of it: the transaction did nothing that counts.
    """
    rows = [(signature, msgspec.json.encode(done).decode()) for signature, done in sorted(read.items())]
    if rows:
        await database.execute(KEEP, wallet.wallet_id, *columns(rows, 2))


async def put_history(
    database: Database,
    *,
    chain: str,
    wallet: UnreadWallet,
    read: HistoryResult,
) -> None:
    """Put what a wallet's history made of its positions under them; its reading has ended.

    Args:
        database: where positions are stored.
        chain: of the wallet.
        wallet: whose history it is.
        read: what it made of them; if more may be known later, it is read again some times.
    """
    rows: Sequence[tuple[str, int, str, str, int]] = [
        (chain, wallet.wallet_id, mint, encoded(holding), read.slot)
        for mint, holding in sorted(read.holdings.items())  # one order for all writers
    ]

    sales = [
        (number, one.at, msgspec.json.encode(one.outcome).decode()) for number, one in enumerate(read.sales)
    ]

    async def work(connection: Connection) -> None:
        if rows:
            await connection.execute(PUT, *columns(rows, 5))
        await connection.execute(FORGET_SALES, wallet.wallet_id)
        await connection.execute(PUT_SALES, wallet.wallet_id, *columns(sales, 3))
        await connection.execute(END, wallet.wallet_id, read.transactions, read.is_final, MAX_REREADS)
        await connection.execute(FORGET, wallet.wallet_id)
        if read.last_act is not None:
            await connection.execute(ACTED, wallet.wallet_id, *read.last_act)

    await database.transaction(work)


async def history_progress(database: Database, *, chain: str, wallet: str) -> HistoryProgress | None:
    """Return how far the reading of a wallet's history is; None: it has not begun.

    Args:
        database: it is only read.
        chain: of the wallet.
        wallet: its address.
    """
    row = await database.fetchrow(PROGRESS, chain, wallet)
    return None if row is None else HistoryProgress(**dict(row))
