"""Dollar prices of SOL, staked SOL and dollar tokens, from price feeds and from trades.

Trades count as far as they can be believed (domain/activity/prices.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from domain.activity.activity import SOL, Activity
from domain.activity.prices import (
    DOLLAR_CHAINS,
    DOLLAR_MINTS,
    PUBLISHED,
    REMEMBERED,
    DollarSource,
    Fill,
    ReadPrice,
    believed_price,
    sol_price,
)
from storage.postgres import Connection, Database, Row, columns
from storage.sql_files import read_statement

NOTE_PRICE = """
INSERT INTO dollar_prices (chain, mint, signature, usd, seen_at, wallet) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING
"""

NOTE_PUBLISHED = read_statement(__name__, "NOTE_PUBLISHED")
READING = """
SELECT usd, extract(epoch FROM seen_at)::bigint AS published_at, source, confidence, is_certain, elsewhere
FROM dollar_prices WHERE chain = $1 AND mint = $2 AND wallet = '' AND seen_at > now() - $3::interval
ORDER BY seen_at DESC LIMIT 1
"""
PUBLISHED_AGE = """
SELECT extract(epoch FROM now() - max(seen_at))::float8 FROM dollar_prices
WHERE chain = $1 AND mint = $2 AND wallet = ''
"""
PRICED = [SOL, *sorted(DOLLAR_MINTS)]
"""What prices are given in, and has a price of its own."""

FILLS = read_statement(__name__, "FILLS")

NOTE_RATES = """
INSERT INTO stake_rates (chain, mint, sol) SELECT * FROM unnest($1::text[], $2::text[], $3::numeric[])
ON CONFLICT (chain, mint) DO UPDATE SET sol = excluded.sol, read_at = now()
"""
RATES_AGE = "SELECT extract(epoch FROM now() - max(read_at))::float8 FROM stake_rates WHERE chain = $1"
RATES = """
SELECT mint, sol FROM stake_rates
WHERE chain = $1 AND ($2::text[] IS NULL OR mint = ANY($2)) AND read_at > now() - interval '3 days'
"""


async def note_prices(connection: Connection, seen: Iterable[tuple[Activity, datetime]]) -> None:
    """Store the prices that trades of SOL against a dollar token show; other activities show none."""
    rows = [
        (activity.chain, SOL, activity.signature, usd, seen_at, activity.wallet)
        for activity, seen_at in seen
        if (usd := sol_price(activity)) is not None
    ]
    if rows:
        await connection.executemany(NOTE_PRICE, sorted(rows))  # one order for all writers


async def dollars_at(
    connection: Connection, chain: str, moments: Sequence[datetime]
) -> dict[tuple[str, datetime], dict[str, Decimal]]:
    """Dollar prices of SOL and dollar tokens at each of these moments, as far as they are believed.

    Args:
        connection: it is only read.
        chain: part of the answer's keys, with the moment.
        moments: with a time zone; what was seen up to REMEMBERED before each counts, and nothing after it.
    """
    return (await dollars_and_uncertain(connection, chain, moments))[0]


async def dollars_and_uncertain(
    connection: Connection, chain: str, moments: Sequence[datetime]
) -> tuple[dict[tuple[str, datetime], dict[str, Decimal]], frozenset[datetime]]:
    """The same, and the moments at which the price of SOL is uncertain.

    Args:
        connection: it is only read.
        chain: part of the answer's keys, with the moment.
        moments: with a time zone.
    """
    return believed_dollars(await connection.fetch(FILLS, chain, PRICED, moments, REMEMBERED), chain, moments)


def believed_dollars(
    rows: Iterable[Row], chain: str, moments: Sequence[datetime]
) -> tuple[dict[tuple[str, datetime], dict[str, Decimal]], frozenset[datetime]]:
    """Dollar values from rows of `FILLS`, by chain and moment, and the moments that are uncertain.

    Args:
        rows: one for each moment, mint and price, with `at` among `moments`.
        chain: part of the answer's keys.
        moments: all that are asked; one without a price has no mints.
    """
    fills: dict[datetime, dict[str, list[Fill]]] = {moment: {} for moment in moments}
    is_sure: dict[datetime, bool] = {}
    for row in rows:
        at, is_published = row["at"], not row["wallet"]
        if is_published and row["mint"] == SOL and row["seen_at"] >= at - PUBLISHED:
            is_sure[at] = row["is_certain"]
        if row["is_certain"]:
            fill = Fill(usd=row["usd"], wallet=row["wallet"], seen_at=row["seen_at"])
            fills[at].setdefault(row["mint"], []).append(fill)
    dollars = {
        (chain, moment): {
            mint: usd for mint, seen in by_mint.items() if (usd := believed_price(seen, moment)) is not None
        }
        for moment, by_mint in fills.items()
    }
    return dollars, frozenset(at for at, sure in is_sure.items() if not sure)


async def dollars_now(database: Database, *, chain: str) -> dict[str, Decimal]:
    """Current dollar prices of SOL, staked SOL and dollar tokens; a price that is not believed is missing."""

    async def work(connection: Connection) -> dict[str, Decimal]:
        now: datetime = await connection.fetchval("SELECT now()")
        dollars = (await dollars_at(connection, chain, [now]))[chain, now]
        return with_staked(dollars, await stake_rates(connection, chain))

    return await database.transaction(work)


async def sol_usd_now(database: Database, *, chain: str) -> Decimal | None:
    """Dollars for one SOL now; None: no price is believed, or the chain's dollar tokens are others."""
    return (await dollars_now(database, chain=chain)).get(SOL) if chain in DOLLAR_CHAINS else None


def with_staked(dollars: Mapping[str, Decimal], rates: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """The dollars with those of tokens that stand for staked SOL, as far as SOL has a price."""
    sol = dollars.get(SOL)
    return {**({} if sol is None else {mint: sol * rate for mint, rate in rates.items()}), **dollars}


async def stake_rates(
    connection: Connection, chain: str, mints: Sequence[str] | None = None
) -> dict[str, Decimal]:
    """SOL for one liquid-staking token, by mint; of all that are known, or of some.

    Args:
        connection: it is only read.
        chain: of the tokens.
        mints: None: all that were read within three days.
    """
    return {row["mint"]: row["sol"] for row in await connection.fetch(RATES, chain, mints)}


async def note_stake_rates(database: Database, *, chain: str, rates: Mapping[str, Decimal]) -> None:
    """Store what pools say; the rates of others stay.

    Args:
        database: one statement, committed by itself.
        chain: of the tokens.
        rates: SOL for one token, by mint; none: nothing is written.
    """
    rows = [(chain, mint, sol) for mint, sol in sorted(rates.items())]
    if rows:
        await database.execute(NOTE_RATES, *columns(rows, 3))


async def stake_rates_age(database: Database, *, chain: str) -> float | None:
    """Seconds since the rates were read; None: there are none."""
    age: float | None = await database.fetchval(RATES_AGE, chain)
    return age


async def note_published(database: Database, *, chain: str, prices: Sequence[ReadPrice]) -> None:
    """Store prices that stand on the chain, certain or not; each once, with what was said of it last.

    Args:
        database: one statement, committed by itself.
        chain: where the feed stands.
        prices: dollars for one token, each with the time at which its feed published it.
    """
    rows = [
        (
            chain,
            one.mint,
            f"published {one.published_at}",
            one.usd,
            one.published_at,
            one.source.value,
            one.confidence,
            one.is_certain,
            one.elsewhere,
        )
        for one in prices
    ]
    await database.execute(NOTE_PUBLISHED, *columns(rows, 9))


async def last_reading(database: Database, *, chain: str, mint: str) -> ReadPrice | None:
    """What was read last of a price that stands on the chain, certain or not; None: nothing recently.

    Args:
        database: it is only read.
        chain: where the feed stands.
        mint: whose price.
    """
    row = await database.fetchrow(READING, chain, mint, PUBLISHED)
    return None if row is None else ReadPrice(mint=mint, **{**row, "source": DollarSource(row["source"])})


async def published_age(database: Database, *, chain: str) -> float | None:
    """Seconds since the newest price of SOL that stands on the chain, certain or not; None: there is none."""
    age: float | None = await database.fetchval(PUBLISHED_AGE, chain, SOL)
    return age
