"""What gates need to know beyond the activity: dollars, and what the wallet had of the token before.

Dollar prices come from trades between SOL and a dollar token that followed wallets made; the median of the
last few within an hour counts, so that one odd trade moves nothing. Holdings are what the wallet was seen to
get and give since somebody follows it; where that is not enough to tell, the fact is unknown. What happened
later but was seen earlier counts, too: so the last of two sells to be seen is the exit, in whichever order.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from domain.activity.activity import SOL, TRADES, Activity, Kind
from domain.activity.dollars import DOLLAR_MINTS, dollar_value, sol_price
from domain.rules.gates import NO_FACTS, Facts
from domain.rules.lanes import tokens_of
from domain.rules.rules import DEFAULT_SETTINGS, NO_RULES
from domain.rules.watches import Watch
from storage.postgres import Connection

MAX_HISTORY = 2_000
"""Activities of one wallet looked back upon; who has more is unknown unless these suffice."""

NOTE_PRICE = """
INSERT INTO dollar_prices (chain, mint, signature, usd, seen_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING
"""

PRICE = """
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY usd) FROM (
    SELECT usd FROM dollar_prices
    WHERE chain = $1 AND mint = $2
      AND seen_at BETWEEN $3::timestamptz - interval '1 hour' AND $3::timestamptz + interval '1 minute'
    ORDER BY seen_at DESC LIMIT 9
) AS latest
"""

HISTORY = """
SELECT count(DISTINCT number) AS activities,
       coalesce(sum(raw) FILTER (WHERE way = 'received' AND slot <> $3), 0) AS got,
       coalesce(sum(raw) FILTER (WHERE way = 'paid' AND slot <> $3), 0) AS gave,
       count(raw) FILTER (WHERE slot = $3) AS beside
FROM (
    SELECT row_number() OVER () AS number, slot, payload FROM activities
    WHERE chain = $1 AND wallet = $2 AND (slot <= $3 OR seen_at < $8)
      AND (signature, activity_index) <> ($6, $7)
    ORDER BY block_time DESC LIMIT $5
) AS earlier
LEFT JOIN LATERAL (
    SELECT way, (leg->>'raw')::numeric AS raw
    FROM (VALUES ('paid'), ('received')) AS ways (way), jsonb_array_elements(payload->way) AS leg
    WHERE leg->>'mint' = $4
) AS legs ON true
"""


AGE_AND_SUPPLY = "SELECT supply, created_at, first_seen_at FROM tokens WHERE chain = $1 AND mint = $2"


async def note_price(connection: Connection, activity: Activity, seen_at: datetime) -> None:
    """Remember what a trade of SOL against a dollar token shows; other activities show nothing."""
    usd = sol_price(activity)
    if usd is not None:
        await connection.execute(NOTE_PRICE, activity.chain, SOL, activity.signature, usd, seen_at)


async def facts_for(
    connection: Connection,
    activity: Activity,
    watches: Iterable[Watch],
    *,
    happened_at: datetime,
    stored_at: datetime,
) -> Facts:
    """The facts that these watches' rules may ask for; none where nothing is set."""
    if all(watch.rules == NO_RULES and watch.settings == DEFAULT_SETTINGS for watch in watches):
        return NO_FACTS
    price: Decimal | None = await connection.fetchval(PRICE, activity.chain, SOL, happened_at)
    first, whole = await _holding(connection, activity, stored_at)
    facts = Facts(usd=dollar_value(activity, price), first_buy=first, full_exit=whole)
    return await _with_token(connection, activity, happened_at, facts)


async def _with_token(connection: Connection, activity: Activity, seen_at: datetime, facts: Facts) -> Facts:
    """And how old its token is, and what all of it would fetch at the price that was paid."""
    legs = [leg for leg in (*activity.paid, *activity.received) if leg.mint in tokens_of(activity)]
    if len({leg.mint for leg in legs}) != 1:
        return facts
    row = await connection.fetchrow(AGE_AND_SUPPLY, activity.chain, legs[0].mint)
    if row is None:
        return facts
    cap = None
    if facts.usd is not None and row["supply"] and activity.kind in TRADES:
        cap = facts.usd * row["supply"] / sum(leg.raw for leg in legs)
    return replace(
        facts,
        token_age=None if row["created_at"] is None else seen_at - row["created_at"],
        token_age_at_least=seen_at - row["first_seen_at"],
        market_cap=cap,
    )


async def _holding(
    connection: Connection, activity: Activity, stored_at: datetime
) -> tuple[bool | None, bool | None]:
    """Whether it is the first buy of its token, and whether nothing of it is left."""
    legs = {Kind.BUY: activity.received, Kind.SELL: activity.paid}.get(activity.kind, ())
    tokens = [leg for leg in legs if leg.mint not in DOLLAR_MINTS and leg.mint != SOL]
    if len(tokens) != 1:
        return None, None
    row = await connection.fetchrow(
        HISTORY,
        activity.chain,
        activity.wallet,
        activity.slot,
        tokens[0].mint,
        MAX_HISTORY,
        activity.signature,
        activity.index,
        stored_at,
    )
    if row is None or row["beside"]:  # the order within a slot is not known
        return None, None
    cut, left = row["activities"] >= MAX_HISTORY, row["got"] - row["gave"]
    if activity.kind is Kind.BUY:
        return (False if row["got"] > 0 else None if cut else True), None
    return None, None if cut or left <= 0 else tokens[0].raw >= left
