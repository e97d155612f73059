"""Which wallets are watched: read often and cheaply, all of them, or only those of new watches."""

from dataclasses import dataclass
from datetime import datetime

from storage.postgres import Database

WATCHED = """
SELECT address FROM wallets
WHERE chain = $1 AND banned_reason IS NULL
  AND EXISTS (SELECT 1 FROM watches WHERE watches.wallet_id = wallets.wallet_id)
"""

BUSY_UNTIL = """
SELECT date_trunc('hour', now()) + interval '1 hour' FROM (
    SELECT created_at FROM alerts
    WHERE wallet_id = (SELECT wallet_id FROM wallets WHERE chain = $1 AND address = $2)
    ORDER BY alert_id DESC LIMIT $3) AS latest
HAVING count(*) FILTER (WHERE created_at >= date_trunc('hour', now())) >= $3
"""

OVERLAP = 1_000
"""A watch may become visible after one with a higher id; so many ids are read again."""

NEWEST = "SELECT coalesce(max(watch_id), 0) FROM watches"

SINCE = """
SELECT DISTINCT address FROM watches JOIN wallets USING (wallet_id)
WHERE chain = $1 AND watch_id > $2
"""


async def watched_wallets(database: Database, *, chain: str) -> set[str]:
    """Every address with a watch."""
    return {row["address"] for row in await database.fetch(WATCHED, chain)}


async def busy_until(database: Database, *, chain: str, wallet: str, events: int) -> datetime | None:
    """Return the end of the clock hour in which a wallet has done so much already; None: it has not.

    Args:
        database: it is only read.
        chain: whose wallet.
        wallet: its address; what it did while nobody followed it is not known.
        events: from so many on it is busy.
    """
    until: datetime | None = await database.fetchval(BUSY_UNTIL, chain, wallet, events)
    return until


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedNow:
    """Every followed address of a chain, as of one moment."""

    wallets: frozenset[str]
    newest: int
    """For `watched_since`, which finds what came after."""


async def watched_now(database: Database, *, chain: str) -> WatchedNow:
    """All watched wallets. The newest id is read first, so that no watch falls between both reads."""
    newest = await database.fetchval(NEWEST)
    return WatchedNow(wallets=frozenset(await watched_wallets(database, chain=chain)), newest=newest)


async def watched_since(database: Database, *, chain: str, newest: int) -> frozenset[str]:
    """The wallets of watches that were made after `newest` was read, and of some before it.

    Args:
        database: it is only read.
        chain: whose wallets.
        newest: the highest watch id at the last read. OVERLAP more are read again, since ids commit out of
            order.
    """
    rows = await database.fetch(SINCE, chain, newest - OVERLAP)
    return frozenset(row["address"] for row in rows)
