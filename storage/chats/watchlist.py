"""Which wallets are watched, read cheaply and often: all of them, or those that came lately."""

from dataclasses import dataclass

from storage.chats.watches import watched_wallets
from storage.postgres import Database

OVERLAP = 1_000
"""A watch may become visible after a younger one did; so many numbers back are read again."""

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
    """Give it to `watched_since` to hear what came after."""


async def watched_now(database: Database, *, chain: str) -> WatchedNow:
    """All of them. The number is read first, so that nothing lies between it and the set."""
    newest = await database.fetchval(NEWEST)
    return WatchedNow(wallets=frozenset(await watched_wallets(database, chain=chain)), newest=newest)


async def watched_since(database: Database, *, chain: str, newest: int) -> frozenset[str]:
    """The addresses of watches made after `newest` was read, and of some made shortly before."""
    rows = await database.fetch(SINCE, chain, newest - OVERLAP)
    return frozenset(row["address"] for row in rows)
