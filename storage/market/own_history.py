"""Compares an event with its wallet's history, for domain/rules/noise.py."""

from datetime import datetime

from domain.activity.activity import Activity, Kind
from domain.activity.prices import MarketFacts
from domain.rules.noise import KEPT_TRADES, OwnHistory, rank_of
from storage.postgres import Connection

# By the index alerts_by_wallet. What was stored with this event, or after it, is no history of it.
EARLIER = """
SELECT (market->>'usd')::float8 AS usd, extract(epoch FROM $4::timestamptz - block_time)::float8 AS seconds
FROM alerts
WHERE wallet_id = (SELECT wallet_id FROM wallets WHERE chain = $1 AND address = $2) AND kind = 'activity'
  AND reverted_at IS NULL AND created_at <= $5 AND payload->>'signature' <> $3
  AND sort IN ('buy', 'sell', 'swap')
ORDER BY alert_id DESC LIMIT $6
"""


async def own_history(
    connection: Connection,
    activity: Activity,
    market: MarketFacts,
    *,
    happened_at: datetime,
    stored_at: datetime,
) -> OwnHistory:
    """Return what the wallet's trades before an event say of it.

    Args:
        connection: in the transaction of the fan-out.
        activity: the event, of which nothing is counted itself.
        market: its worth in dollars, which is ranked; without it there is no rank.
        happened_at: block time, from which the wallet's silence is counted back.
        stored_at: when its alert was stored; trades stored later do not count.
    """
    rows = await connection.fetch(
        EARLIER,
        activity.chain,
        activity.wallet,
        activity.signature,
        happened_at,
        stored_at,
        KEPT_TRADES,
    )
    known = [row["usd"] for row in rows if row["usd"] is not None]
    return OwnHistory(
        trades=len(known),
        rank=None if market.usd is None else rank_of(float(market.usd), known),
        quiet_seconds=max(0.0, min(row["seconds"] for row in rows)) if rows else None,
        is_new=activity.kind is Kind.BUY and activity.token_before == 0,
    )
