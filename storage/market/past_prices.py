"""What SOL cost in past hours, read once from the chain and shared by all who read histories."""

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
"""Blocks of one hour; if nobody traded in them, nobody reads more."""
HOUR = 3_600


async def past_prices(
    database: Database, *, chain: str, hours: Collection[int]
) -> Mapping[int, Decimal | None]:
    """Dollars for one SOL in these hours since 1970; None: nobody traded it; missing: it is to be read."""
    rows = await database.fetch(KNOWN, chain, [_moment(hour) for hour in sorted(hours)], MAX_TRIES)
    return {int(row["hour"].timestamp()) // HOUR: row["usd"] for row in rows}


async def keep_past_price(
    database: Database, *, chain: str, hour: int, usd: Decimal | None, tries: int = 1
) -> None:
    """Store what SOL cost in an hour by so many blocks; a price that is stored already stays."""
    await database.execute(KEEP, chain, _moment(hour), usd, tries)


def _moment(hour: int) -> datetime:
    return datetime.fromtimestamp(hour * HOUR, UTC)
