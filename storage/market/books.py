"""Total dollar holdings of followed wallets, as known without asking a node.

Their SOL as it was read in turn, tokens of their positions at the latest price of a candle, and the dollar
tokens that they were seen to get and not to give. So it is at least so much.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from domain.activity.activity import SOL
from domain.activity.prices import DOLLAR_DECIMALS, DOLLAR_MINTS
from storage.market.candles import MAX_TRADED_AGE
from storage.market.dollars import dollars_now
from storage.postgres import Database

# LATERAL: the latest candle of each token is found by the key of candles.
BOOKS = """
SELECT address, coalesce(sum(usd), 0) AS usd FROM (
    SELECT address, lamports * $3::numeric / 1e9 AS usd
    FROM wallets JOIN sol_readings USING (wallet_id)
    WHERE chain = $1 AND address = ANY($2::text[])
    UNION ALL
    SELECT address, raw / 10::numeric ^ $5 AS usd FROM wallets JOIN holdings USING (chain, wallet_id)
    WHERE chain = $1 AND address = ANY($2::text[]) AND mint = ANY($4::text[]) AND raw > 0
    UNION ALL
    SELECT address, latest.usd * (coalesce((state->>'known')::numeric, 0)
                                  + coalesce((state->>'unknown')::numeric, 0)) / 10::numeric ^ decimals
    FROM wallets JOIN positions USING (chain, wallet_id) JOIN tokens USING (chain, mint)
    CROSS JOIN LATERAL (
        SELECT coalesce(certain_close, close) AS usd FROM candles
        WHERE candles.chain = positions.chain AND candles.mint = positions.mint AND seconds = 3600
          AND begins > now() - $6::interval
        ORDER BY begins DESC LIMIT 1) AS latest
    WHERE chain = $1 AND address = ANY($2::text[]) AND stale_at IS NULL
      AND (state ? 'known' OR state ? 'unknown')
) AS parts GROUP BY address
"""


async def books_of(database: Database, *, chain: str, wallets: Sequence[str]) -> Mapping[str, Decimal]:
    """Dollars of each wallet, by address; missing: nothing is known of it, or not what SOL costs.

    Args:
        database: it is only read.
        chain: of the wallets.
        wallets: addresses.
    """
    sol = (await dollars_now(database, chain=chain)).get(SOL) if wallets else None
    if sol is None:
        return {}
    rows = await database.fetch(
        BOOKS, chain, sorted(set(wallets)), sol, sorted(DOLLAR_MINTS), DOLLAR_DECIMALS, MAX_TRADED_AGE
    )
    return {row["address"]: row["usd"] for row in rows if row["usd"] > 0}
