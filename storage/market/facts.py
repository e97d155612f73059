"""Facts that gates need beyond the activity: dollar prices, and what the wallet owned of the token before.

Dollar prices come from trades between SOL and a dollar token that followed wallets made, as far as they can
be believed (`domain.activity.amounts`). What a wallet owns is what it was seen to receive and pay since it
was followed; if that does not suffice, the fact is unknown. An activity that happened later but was seen
earlier counts, too: so of two sells the one that is seen last is the exit, in either order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from domain.activity.activity import SOL, Activity, Kind
from domain.activity.prices import (
    DOLLAR_MINTS,
    REMEMBERED,
    Fill,
    MarketFacts,
    ReadPrice,
    TokenSupply,
    believed_price,
    market_of,
    sol_price,
)
from domain.rules.gates import NO_FACTS, Facts
from domain.rules.lanes import market_token
from domain.rules.rules import DEFAULT_SETTINGS, NO_RULES, Watch
from domain.rules.token_gates import unknown_tokens
from storage.postgres import Connection, Database, columns

MAX_HISTORY = 2_000
"""Earlier activities of one wallet that are read; with more than that the fact may be unknown."""

NOTE_PRICE = """
INSERT INTO dollar_prices (chain, mint, signature, usd, seen_at, wallet) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING
"""

NOTE_PUBLISHED = """
INSERT INTO dollar_prices (chain, mint, signature, usd, seen_at)
SELECT chain, mint, signature, usd, to_timestamp(published_at)
FROM unnest($1::text[], $2::text[], $3::text[], $4::numeric[], $5::bigint[])
    AS new (chain, mint, signature, usd, published_at)
ON CONFLICT DO NOTHING
"""
PUBLISHED_AGE = """
SELECT extract(epoch FROM now() - max(seen_at))::float8 FROM dollar_prices
WHERE chain = $1 AND mint = $2 AND wallet = ''
"""
PRICED = [SOL, *sorted(DOLLAR_MINTS)]
"""What prices are given in, and has a price of its own."""

# The latest prices at each moment that is asked for, oldest first.
FILLS = """
SELECT moment.at, asked.mint, price.usd, price.wallet, price.seen_at
FROM unnest($3::timestamptz[]) AS moment (at) CROSS JOIN unnest($2::text[]) AS asked (mint)
CROSS JOIN LATERAL (
    SELECT usd, wallet, seen_at FROM dollar_prices
    WHERE chain = $1 AND dollar_prices.mint = asked.mint
      AND seen_at BETWEEN moment.at - $4::interval AND moment.at
    ORDER BY seen_at DESC LIMIT 60) AS price
ORDER BY moment.at, asked.mint, price.seen_at
"""

# What the wallet received and paid of the mint in other slots than this one, over its latest activities. The
# number of activities says whether the limit cut them; `same_slot` counts legs whose order is not known.
HISTORY = """
SELECT count(DISTINCT number) AS activities,
       coalesce(sum(raw) FILTER (WHERE side = 'received' AND slot <> $3), 0) AS received,
       coalesce(sum(raw) FILTER (WHERE side = 'paid' AND slot <> $3), 0) AS paid,
       count(raw) FILTER (WHERE slot = $3) AS same_slot
FROM (
    SELECT row_number() OVER () AS number, slot, payload FROM activities
    WHERE chain = $1 AND wallet = $2 AND (slot <= $3 OR seen_at < $8)
      AND (signature, activity_index) <> ($6, $7)
    ORDER BY block_time DESC LIMIT $5
) AS earlier
LEFT JOIN LATERAL (
    SELECT side, (leg->>'raw')::numeric AS raw
    FROM (VALUES ('paid'), ('received')) AS sides (side), jsonb_array_elements(payload->side) AS leg
    WHERE leg->>'mint' = $4
) AS legs ON true
"""


# Whether the wallet traded, sent or otherwise used one of the mints itself, in its latest activities.
DEALT_WITH = """
SELECT EXISTS (
    SELECT 1 FROM (
        SELECT payload FROM activities
        WHERE chain = $1 AND wallet = $2 AND signature <> $5 AND seen_at <= $6
          AND kind NOT IN ('transfer_in', 'mint')
        ORDER BY block_time DESC LIMIT $4
    ) AS earlier,
    LATERAL (VALUES ('paid'), ('received')) AS sides (side),
    LATERAL jsonb_array_elements(payload->side) AS leg
    WHERE leg->>'mint' = ANY($3::text[]))
"""

AGES = "SELECT created_at, first_seen_at FROM tokens WHERE chain = $1 AND mint = $2"
SUPPLIES = """
SELECT mint, decimals, supply, created_at FROM tokens WHERE chain = $1 AND mint = ANY($2::text[])
"""


async def note_prices(connection: Connection, seen: Iterable[tuple[Activity, datetime]]) -> None:
    """Store the prices that trades of SOL against a dollar token show; other activities show none."""
    rows = [
        (activity.chain, SOL, activity.signature, usd, seen_at, activity.wallet)
        for activity, seen_at in seen
        if (usd := sol_price(activity)) is not None
    ]
    if rows:
        await connection.executemany(NOTE_PRICE, rows)


async def markets_of(
    connection: Connection, events: Sequence[tuple[Activity, datetime]]
) -> list[MarketFacts]:
    """What each activity was worth when it happened.

    Args:
        connection: to the database.
        events: activities of one chain or several, and when they happened.
    """
    dollars: dict[tuple[str, datetime], dict[str, Decimal]] = {}
    supplies: dict[tuple[str, str], TokenSupply] = {}
    for chain in {activity.chain for activity, _ in events}:
        of_chain = [(activity, at) for activity, at in events if activity.chain == chain]
        moments = sorted({at for _, at in of_chain})
        mints = sorted({mint for activity, _ in of_chain if (mint := market_token(activity)) is not None})
        dollars.update(await dollars_at(connection, chain, moments))
        supplies.update(await _supplies(connection, chain, mints))
    return [
        market_of(
            activity,
            dollars[activity.chain, at],
            supplies.get((activity.chain, market_token(activity) or "")),
        )
        for activity, at in events
    ]


async def dollars_at(
    connection: Connection, chain: str, moments: Sequence[datetime]
) -> dict[tuple[str, datetime], dict[str, Decimal]]:
    """What SOL and dollar tokens were worth at each of these moments, as far as anybody can believe it."""
    fills: dict[datetime, dict[str, list[Fill]]] = {moment: {} for moment in moments}
    for row in await connection.fetch(FILLS, chain, PRICED, moments, REMEMBERED):
        fill = Fill(usd=row["usd"], wallet=row["wallet"], seen_at=row["seen_at"])
        fills[row["at"]].setdefault(row["mint"], []).append(fill)
    return {
        (chain, moment): {
            mint: usd for mint, seen in by_mint.items() if (usd := believed_price(seen, moment)) is not None
        }
        for moment, by_mint in fills.items()
    }


async def dollars_now(database: Database, *, chain: str) -> dict[str, Decimal]:
    """What SOL and dollar tokens are worth at present; what nobody can believe is missing."""

    async def work(connection: Connection) -> dict[str, Decimal]:
        now: datetime = await connection.fetchval("SELECT now()")
        return (await dollars_at(connection, chain, [now]))[chain, now]

    return await database.transaction(work)


async def note_published(database: Database, *, chain: str, prices: Sequence[ReadPrice]) -> None:
    """Store prices that stand on the chain; one that is stored already is not stored again."""
    rows = [(chain, one.mint, f"published {one.published_at}", one.usd, one.published_at) for one in prices]
    await database.execute(NOTE_PUBLISHED, *columns(rows, 5))


async def published_age(database: Database, *, chain: str) -> float | None:
    """Seconds since the newest price of SOL that stands on the chain was published; None: there is none."""
    age: float | None = await database.fetchval(PUBLISHED_AGE, chain, SOL)
    return age


async def _supplies(
    connection: Connection, chain: str, mints: Sequence[str]
) -> dict[tuple[str, str], TokenSupply]:
    rows = await connection.fetch(SUPPLIES, chain, mints) if mints else []
    return {
        (chain, row["mint"]): TokenSupply(
            decimals=row["decimals"],
            supply=None if row["supply"] is None else int(row["supply"]),
            created_at=row["created_at"],
        )
        for row in rows
    }


async def facts_for(
    connection: Connection,
    activity: Activity,
    watches: Iterable[Watch],
    *,
    market: MarketFacts,
    happened_at: datetime,
    stored_at: datetime,
) -> Facts:
    """The facts that the rules of these watches may ask for; if they have none, only whether it is spam."""
    tokens_known = await _tokens_known(connection, activity, stored_at)
    known = replace(
        NO_FACTS,
        usd=market.usd,
        market_cap=market.market_cap,
        liquidity=market.liquidity,
        tokens_known=tokens_known,
    )
    if all(watch.rules == NO_RULES and watch.settings == DEFAULT_SETTINGS for watch in watches):
        return known
    first_buy, full_exit = await _before(connection, activity, stored_at)
    facts = replace(known, first_buy=first_buy, full_exit=full_exit)
    return await _with_age(connection, activity, happened_at, facts)


async def _tokens_known(connection: Connection, activity: Activity, stored_at: datetime) -> bool | None:
    """Whether the wallet dealt itself with a token that now came in unasked; None: no such token came."""
    mints = [*unknown_tokens(activity)]
    if not mints:
        return None
    row = (activity.chain, activity.wallet, mints, MAX_HISTORY, activity.signature, stored_at)
    return bool(await connection.fetchval(DEALT_WITH, *row))


async def _with_age(connection: Connection, activity: Activity, seen_at: datetime, facts: Facts) -> Facts:
    """Add the age of its token."""
    mint = market_token(activity)
    row = None if mint is None else await connection.fetchrow(AGES, activity.chain, mint)
    if row is None:
        return facts
    return replace(
        facts,
        token_age=None if row["created_at"] is None else seen_at - row["created_at"],
        token_age_at_least=seen_at - row["first_seen_at"],
    )


async def _before(
    connection: Connection, activity: Activity, stored_at: datetime
) -> tuple[bool | None, bool | None]:
    """Whether it is the first buy of its token, and whether it is a full exit."""
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
    if row is None or row["same_slot"]:  # the order of two transactions of one slot is not known
        return None, None
    cut, left = row["activities"] >= MAX_HISTORY, row["received"] - row["paid"]
    if activity.kind is Kind.BUY:
        return (False if row["received"] > 0 else None if cut else True), None
    return None, None if cut or left <= 0 else tokens[0].raw >= left
