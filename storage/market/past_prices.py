"""Past hourly prices of SOL, read once from the chain and shared by all history readers."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from storage.postgres import Database

KNOWN = """
SELECT hour, usd FROM past_coin_prices
WHERE chain = $1 AND hour = ANY($2::timestamptz[]) AND (usd IS NOT NULL OR tries >= $3)
"""
KEEP = """
INSERT INTO past_coin_prices AS old (chain, hour, usd, tries) VALUES ($1, $2, $3, $4)
ON CONFLICT (chain, hour) DO UPDATE SET usd = excluded.usd, tries = old.tries + excluded.tries
WHERE old.usd IS NULL
"""
MAX_TRIES = 12
"""Blocks read of one hour; if they hold no trade, no more are read."""
HOUR = 3_600


async def past_prices(
    database: Database, *, chain: str, hours: Collection[int]
) -> Mapping[int, Decimal | None]:
    """Dollars for one SOL in these hours since 1970; None: nobody traded it; missing: it is to be read.

    Args:
        database: it is only read.
        chain: whose coin.
        hours: full hours since 1970.
    """
    rows = await database.fetch(KNOWN, chain, [_moment(hour) for hour in sorted(hours)], MAX_TRIES)
    return {int(row["hour"].timestamp()) // HOUR: row["usd"] for row in rows}


async def keep_past_price(
    database: Database, *, chain: str, hour: int, usd: Decimal | None, tries: int = 1
) -> None:
    """Store what SOL cost in an hour by so many blocks; a price that is stored already stays.

    Args:
        database: one statement, committed by itself.
        chain: whose coin.
        hour: full hours since 1970.
        usd: dollars for one SOL; None: the blocks that were read had no trade of it.
        tries: how many blocks that were; after MAX_TRIES in all, nobody reads more of them.
    """
    await database.execute(KEEP, chain, _moment(hour), usd, tries)


def _moment(hour: int) -> datetime:
    return datetime.fromtimestamp(hour * HOUR, UTC)
