"""What paper campaigns see of a time: stored trades, and the first price of each minute's candle."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

import msgspec

from domain.activity.activity import SOL, SOL_DECIMALS, Activity
from domain.paper.progress import price_only
from domain.paper.seen import chain_order, seen_trade_of
from domain.paper.trades import SeenTrade
from domain.tokens.candles import MINUTE
from storage.market.dollars import dollars_at
from storage.postgres import Connection, Row

SECOND = timedelta(seconds=1)

# $5 and $6: of these wallets, or of these tokens; both NULL: all.
TRADES = """
SELECT payload, block_time FROM activities
WHERE chain = $1 AND kind IN ('buy', 'sell', 'swap') AND block_time >= $2 AND block_time < $3
  AND ($5::text[] IS NULL OR wallet = ANY($5) OR payload->'price'->>'token' = ANY($6::text[]))
ORDER BY block_time LIMIT $4
"""

# The wallets' own trades alone, by their index: what they bought is known before prices are read.
BOUGHT = """
SELECT payload, block_time FROM activities
WHERE chain = $1 AND wallet = ANY($2::text[]) AND kind IN ('buy', 'swap')
  AND block_time >= $3 AND block_time < $4
"""

# The first price of a minute stays what it is, while its last one does not; that of a trade whose block died
# is none.
OPENS = """
SELECT mint, open, open_at, begins FROM candles
WHERE chain = $1 AND seconds = $2 AND mint = ANY($3::text[])
  AND begins > $4::timestamptz - interval '1 minute' AND begins < $5 AND open_at >= $4 AND open_at < $5
  AND NOT EXISTS (
    SELECT FROM alerts WHERE alerts.chain = candles.chain AND alerts.block_time = candles.open_at
      AND reverted_at IS NOT NULL AND payload->'price'->>'token' = candles.mint)
"""

_decode = msgspec.json.Decoder(Activity).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A time, from the beginning of a second to that of another."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What happened in a time."""

    window: Window
    """Shorter than what was asked for where more happened than is read at once."""
    trades: Sequence[SeenTrade]
    """In the order of the chain."""


async def trades_within(connection: Connection, chain: str, window: Window, *, limit: int) -> Seen:
    """All trades of a time, or of its beginning.

    Args:
        connection: in a transaction.
        chain: on which.
        window: when.
        limit: trades that are read at once; those of one second always are together.
    """
    return await _read(connection, chain, window, limit, None, None)


async def trades_of(
    connection: Connection,
    chain: str,
    window: Window,
    *,
    limit: int,
    wallets: Collection[str],
    tokens: Collection[str],
) -> Seen:
    """The trades of some wallets, and those that show a price of what they buy or of some tokens.

    Args:
        connection: in a transaction.
        chain: on which.
        window: when.
        limit: trades that are read at once.
        wallets: that are followed.
        tokens: whose prices are awaited besides.
    """
    rows = await connection.fetch(BOUGHT, chain, sorted(wallets), window.begin, window.end)
    seen = (seen_trade_of(_decode(row["payload"]), row["block_time"]) for row in rows)
    bought = {token for trade in seen if trade is not None for token in trade.buys}
    return await _read(connection, chain, window, limit, sorted(wallets), sorted(bought | {*tokens}))


async def candle_prices(
    connection: Connection, chain: str, window: Window, tokens: Collection[str]
) -> list[SeenTrade]:
    """What candles of a minute show of tokens first, in SOL; where SOL's own price is not known, nothing.

    Args:
        connection: in a transaction.
        chain: on which.
        window: when the prices were seen.
        tokens: whose.
    """
    if not tokens:
        return []
    rows = await connection.fetch(OPENS, chain, MINUTE, sorted(tokens), window.begin, window.end)
    minutes = sorted({row["begins"] for row in rows})
    dollars = await dollars_at(connection, chain, minutes) if minutes else {}
    found = []
    for row in rows:
        sol = dollars[chain, row["begins"]].get(SOL)
        if sol and row["open"] > 0:
            lamports = Fraction(row["open"]) / Fraction(sol) * 10**SOL_DECIMALS
            found.append(price_only(row["mint"], int(row["open_at"].timestamp()), lamports))
    return found


def with_candles(trades: Sequence[SeenTrade], prices: Sequence[SeenTrade]) -> list[SeenTrade]:
    """Both in the order of time. A candle that opens with a trade which is seen itself says nothing new."""
    known = {(trade.token, trade.at) for trade in trades if trade.price is not None}
    new = sorted((one for one in prices if (one.token, one.at) not in known), key=_by_token)
    return sorted([*trades, *new], key=lambda one: one.at)


def _by_token(one: SeenTrade) -> str:
    return one.token or ""


async def _read(
    connection: Connection,
    chain: str,
    window: Window,
    limit: int,
    wallets: Sequence[str] | None,
    tokens: Sequence[str] | None,
) -> Seen:
    rows = await connection.fetch(TRADES, chain, window.begin, window.end, limit, wallets, tokens)
    if len(rows) < limit:
        return Seen(window=window, trades=await _in_order(connection, chain, rows))
    last = rows[-1]["block_time"].replace(microsecond=0)
    if last > window.begin:  # of its second there may be more
        shorter = Window(begin=window.begin, end=last)
        rows = [row for row in rows if row["block_time"] < last]
        return Seen(window=shorter, trades=await _in_order(connection, chain, rows))
    second = Window(begin=window.begin, end=window.begin + SECOND)
    rows = await connection.fetch(TRADES, chain, second.begin, second.end, None, wallets, tokens)
    return Seen(window=second, trades=await _in_order(connection, chain, rows))


async def _in_order(connection: Connection, chain: str, rows: Sequence[Row]) -> list[SeenTrade]:
    """The trades in the order of the chain, each with what money was worth in its minute."""
    happened = [(_decode(row["payload"]), row["block_time"]) for row in rows]
    happened.sort(key=lambda one: chain_order(*one))
    minutes = sorted({_minute(at) for _, at in happened})
    dollars = await dollars_at(connection, chain, minutes) if minutes else {}
    seen = (seen_trade_of(activity, at, dollars[chain, _minute(at)]) for activity, at in happened)
    return [trade for trade in seen if trade is not None]


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
