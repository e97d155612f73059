"""Candles of a minute and of an hour, made of what trades showed and of what pools said when read."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from domain.activity.activity import TRADES, Activity
from domain.activity.amounts import as_decimal
from domain.activity.prices import Dollars
from domain.tokens.candles import HOUR, MINUTE, Candle, PriceBefore, SeenPrice, fill_price, with_price
from domain.tokens.market_price import PriceSource, TokenPrice, quote_dollars
from storage.market.dollars import dollars_at
from storage.postgres import Connection, Database, Row, columns
from storage.sql_files import read_statement

KEPT_DAYS = {MINUTE: 7, HOUR: 180}
"""By seconds of a candle."""
MAX_TRADED_AGE = timedelta(days=1)
"""What trades showed is shown as a price for this long."""

NOTE = read_statement(__name__, "NOTE")

LATEST = """
SELECT asked.mint, latest.close, latest.close_at FROM unnest($2::text[]) AS asked (mint)
CROSS JOIN LATERAL (
    SELECT close, close_at FROM candles
    WHERE chain = $1 AND candles.mint = asked.mint AND seconds = 3600 AND begins > now() - $3::interval
    ORDER BY begins DESC LIMIT 1) AS latest
"""

CERTAIN = """
SELECT asked.mint, latest.certain_close FROM unnest($2::text[]) AS asked (mint)
CROSS JOIN LATERAL (
    SELECT certain_close FROM candles
    WHERE chain = $1 AND candles.mint = asked.mint AND seconds = 3600 AND begins > now() - $3::interval
      AND certain_close IS NOT NULL
    ORDER BY begins DESC LIMIT 1) AS latest
"""

BETWEEN = """
SELECT begins, open, high, low, close, volume FROM candles
WHERE chain = $1 AND mint = $2 AND seconds = $3 AND begins >= $4 ORDER BY begins
"""

CLAIMS = "SELECT mint, usd, at, wallet FROM price_claims WHERE chain = $1 AND mint = ANY($2::text[])"

NOTE_CLAIMS = """
INSERT INTO price_claims (chain, mint, wallet, usd, at)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::numeric[], $5::timestamptz[])
ON CONFLICT (chain, mint) DO UPDATE SET wallet = excluded.wallet, usd = excluded.usd, at = excluded.at
WHERE price_claims.at <= excluded.at
"""

TRADED = """
SELECT mint FROM candles
WHERE chain = $1 AND seconds = 3600 AND begins > now() - interval '1 day' AND volume > 0
GROUP BY mint ORDER BY sum(volume) DESC, mint LIMIT $2
"""

DEPTHS = """
SELECT mint, quote, quote_decimals, liquidity_quote FROM pools
WHERE chain = $1 AND mint = ANY($2::text[]) AND liquidity_quote IS NOT NULL
"""


async def note_fills(connection: Connection, seen: Iterable[tuple[Activity, datetime]]) -> None:
    """Add what trades show to the candles of their tokens. Call it once for each.

    Args:
        connection: in the transaction that stores that they were checked.
        seen: activities and when they happened.
    """
    by_chain: dict[str, list[tuple[Activity, datetime]]] = defaultdict(list)
    for activity, at in seen:
        if activity.price is not None and activity.kind in TRADES:
            by_chain[activity.chain].append((activity, at))
    for chain, trades in by_chain.items():
        await note_prices_seen(connection, await _fill_prices(connection, chain, trades))


async def _fill_prices(
    connection: Connection, chain: str, trades: Sequence[tuple[Activity, datetime]]
) -> list[SeenPrice]:
    """Return what the trades show, each believed by what those before it showed."""
    dollars = await dollars_at(connection, chain, sorted({at for _, at in trades}))
    mints = sorted({one.price.token for one, _ in trades if one.price is not None})
    known: Mapping[str, PriceBefore] = await _before(connection, chain, mints, dollars[chain, trades[-1][1]])
    fills = []
    for activity, at in sorted(trades, key=lambda one: one[1]):
        token = "" if activity.price is None else activity.price.token
        fill = fill_price(activity, at, dollars[chain, at], known.get(token))
        if fill is not None:
            fills.append(fill)
            known = with_price(known, fill)
    claims = {fill.seen.mint: fill.seen for fill in fills}
    rows = [(chain, mint, one.wallet, one.usd, one.at) for mint, one in sorted(claims.items())]
    if rows:
        await connection.execute(NOTE_CLAIMS, *columns(rows, 5))
    return [fill.seen for fill in fills if fill.is_believed]


async def note_prices_seen(connection: Connection, prices: Sequence[SeenPrice]) -> None:
    """Add prices to the candles of their tokens. Call it once for each."""
    rows = [(one.chain, one.mint, one.usd, one.at, one.volume, one.is_certain) for one in prices]
    if rows:
        await connection.execute(NOTE, *columns(rows, 6), [MINUTE, HOUR])


async def note_prices_read(database: Database, prices: Sequence[SeenPrice]) -> None:
    """The same in a transaction of its own. Repeated after a lost answer, it only counts prices twice."""

    async def work(connection: Connection) -> None:
        await note_prices_seen(connection, prices)

    if prices:
        await database.transaction(work)


async def mints_traded(database: Database, *, chain: str, limit: int) -> list[str]:
    """The tokens that followed wallets traded within a day, those with most volume first.

    Args:
        database: it is only read.
        chain: of the tokens.
        limit: how many at most.
    """
    return [row["mint"] for row in await database.fetch(TRADED, chain, limit)]


async def prices_before(database: Database, *, chain: str, mints: Sequence[str]) -> dict[str, PriceBefore]:
    """The latest price of each token that is in a candle.

    Args:
        database: it is only read.
        chain: of the tokens.
        mints: whose prices; one without a candle within MAX_TRADED_AGE is missing.
    """
    rows = await database.fetch(LATEST, chain, list(mints), MAX_TRADED_AGE)
    return {row["mint"]: PriceBefore(usd=row["close"], at=row["close_at"]) for row in rows}


async def candles(
    database: Database, *, chain: str, mint: str, seconds: int, since: datetime
) -> list[Candle]:
    """The candles of a token from then on, oldest first; times without a price have none.

    Args:
        database: it is only read.
        chain: of the token.
        mint: the token.
        seconds: the length of a candle, 60 or 3600; no other is stored.
        since: the begin of the first candle, or a time shortly before it.
    """
    rows = await database.fetch(BETWEEN, chain, mint, seconds, since)
    return [Candle(**dict(row)) for row in rows]


async def traded_prices(database: Database, *, chain: str, mints: Sequence[str]) -> dict[str, TokenPrice]:
    """The latest price of each token that is in a candle, if it is not too old.

    Args:
        database: it is only read.
        chain: of the tokens.
        mints: whose prices; one without a candle within MAX_TRADED_AGE is missing.
    """
    rows = await database.fetch(LATEST, chain, list(mints), MAX_TRADED_AGE)
    return {
        row["mint"]: TokenPrice(
            mint=row["mint"],
            usd=row["close"],
            source=PriceSource.TRADES,
            read_at=row["close_at"],
            is_certain=False,
        )
        for row in rows
    }


async def _before(
    connection: Connection, chain: str, mints: Sequence[str], dollars: Dollars
) -> dict[str, PriceBefore]:
    latest = {row["mint"]: row for row in await connection.fetch(LATEST, chain, list(mints), MAX_TRADED_AGE)}
    claims = {
        row["mint"]: SeenPrice(chain=chain, **dict(row))
        for row in await connection.fetch(CLAIMS, chain, list(mints))
    }
    depths: dict[str, Decimal] = {}
    for row in await connection.fetch(DEPTHS, chain, list(mints)):
        depths[row["mint"]] = max(depths.get(row["mint"], Decimal(0)), _depth(chain, row, dollars))
    return {
        mint: PriceBefore(
            usd=latest[mint]["close"] if mint in latest else None,
            at=latest[mint]["close_at"] if mint in latest else None,
            deepest=depths.get(mint, Decimal(0)),
            claim=claims.get(mint),
        )
        for mint in mints
    }


def _depth(chain: str, row: Row, dollars: Dollars) -> Decimal:
    usd = quote_dollars(chain, row["quote"], dollars)
    return as_decimal(int(row["liquidity_quote"]), row["quote_decimals"]) * (usd or Decimal(0))
