"""What SOL cost in past hours, read once from the chain and shared by all who read histories."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from storage.postgres import Database

KNOWN = "SELECT hour, usd FROM past_coin_prices WHERE chain = $1 AND hour = ANY($2::timestamptz[])"
KEEP = """
INSERT INTO past_coin_prices (chain, hour, usd) VALUES ($1, $2, $3) ON CONFLICT (chain, hour) DO NOTHING
"""
HOUR = 3_600


async def past_prices(
    database: Database, *, chain: str, hours: Collection[int]
) -> Mapping[int, Decimal | None]:
    """Dollars for one SOL in these hours since 1970; None: nobody traded it; missing: it was not read yet."""
    rows = await database.fetch(KNOWN, chain, [_moment(hour) for hour in sorted(hours)])
    return {int(row["hour"].timestamp()) // HOUR: row["usd"] for row in rows}


async def keep_past_price(database: Database, *, chain: str, hour: int, usd: Decimal | None) -> None:
    """Store what SOL cost in an hour; what is stored already stays."""
    await database.execute(KEEP, chain, _moment(hour), usd)


def _moment(hour: int) -> datetime:
    return datetime.fromtimestamp(hour * HOUR, UTC)
