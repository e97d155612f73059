"""The wallets that are watched, read often and cheaply: all of them, or only those of new watches."""

from dataclasses import dataclass

from storage.chats.watches import watched_wallets
from storage.postgres import Database

OVERLAP = 1_000
"""A watch may become visible after one with a higher id; so many ids are read again."""

NEWEST = "SELECT coalesce(max(watch_id), 0) FROM watches"

SINCE = """
SELECT DISTINCT address FROM watches JOIN wallets USING (wallet_id)
WHERE chain = $1 AND watch_id > $2
"""


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
    """The wallets of watches that were made after `newest` was read, and of some before it."""
    rows = await database.fetch(SINCE, chain, newest - OVERLAP)
    return frozenset(row["address"] for row in rows)
