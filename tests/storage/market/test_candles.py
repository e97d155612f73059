"""Candles from trades that fan-out sees, and from prices that were read."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Activity, Leg, TradePrice
from domain.tokens.candles import HOUR, MINUTE, SeenPrice
from domain.tokens.market_price import PriceSource
from storage.market.candles import candles, note_prices_seen, traded_prices
from storage.postgres import Connection, Database
from tests.storage.sample_data import ALICE, CHAIN, MINT, WHALE, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services
OTHER_WHALE = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def _exact(*numbers: int) -> tuple[Decimal, ...]:
    return tuple(Decimal(number) for number in numbers)


async def noted(database: Database, *prices: tuple[float, str]) -> None:
    """Note prices, each so many seconds after noon."""
    rows = [
        SeenPrice(
            chain=CHAIN, mint=MINT, usd=Decimal(usd), at=NOON + timedelta(seconds=seconds), volume=Decimal(5)
        )
        for seconds, usd in prices
    ]

    async def work(connection: Connection) -> None:
        await note_prices_seen(connection, rows)

    await database.transaction(work)


async def test_prices_of_a_minute_make_a_candle_in_whatever_order_they_are_seen(database: Database) -> None:
    await noted(database, (20, "3"), (30, "7"))
    await noted(database, (50, "4"), (10, "5"), (61, "6"))
    first, second = await candles(database, chain=CHAIN, mint=MINT, seconds=MINUTE, since=NOON)
    assert (first.open, first.high, first.low, first.close, first.volume) == _exact(5, 7, 3, 4, 20)
    assert (second.open, second.close) == _exact(6, 6)
    assert second.begins == NOON + timedelta(minutes=1)
    (hour,) = await candles(database, chain=CHAIN, mint=MINT, seconds=HOUR, since=NOON)
    assert (hour.open, hour.high, hour.low, hour.close, hour.volume) == _exact(5, 7, 3, 6, 25)


def trade(number: int, sol: str, *, seconds: int) -> Activity:
    price = TradePrice(token=MINT, quote=SOL, quote_decimals=9, fill=Decimal(sol))
    bought = structs.replace(purchase(number), venue="Raydium", price=price)
    moment = datetime.now(UTC) - timedelta(seconds=seconds)
    return structs.replace(
        bought, block_time=int(moment.timestamp()), paid=(Leg(mint=SOL, raw=10**9, decimals=9),)
    )


async def test_trades_make_candles_once_and_a_wash_trade_makes_none(database: Database) -> None:
    await database.execute(
        "INSERT INTO dollar_prices (chain, mint, signature, usd, seen_at)"
        " VALUES ($1, $2, 'p', 200, now() - interval '2 minutes')",
        CHAIN,
        SOL,
    )
    await follow(database, ALICE)
    trades = [trade(0, "0.5", seconds=50), trade(1, "40", seconds=40), trade(2, "0.6", seconds=30)]
    for _ in range(2):
        await happened(database, *trades)
        await fan_out_all(database)
    found = await candles(
        database, chain=CHAIN, mint=MINT, seconds=HOUR, since=datetime.now(UTC) - timedelta(hours=2)
    )
    assert (min(one.low for one in found), max(one.high for one in found)) == _exact(100, 120)
    assert sum(one.volume for one in found) == 400
    price = (await traded_prices(database, chain=CHAIN, mints=[MINT, "another"]))[MINT]
    assert (price.usd, price.source, price.is_certain) == (Decimal(120), PriceSource.TRADES, False)


async def test_trades_without_a_venue_make_candles_when_two_wallets_agree(database: Database) -> None:
    await database.execute(
        "INSERT INTO dollar_prices (chain, mint, signature, usd, seen_at)"
        " VALUES ($1, $2, 'p', 200, now() - interval '2 minutes')",
        CHAIN,
        SOL,
    )
    for wallet in (WHALE, OTHER_WHALE):
        await follow(database, ALICE, wallet=wallet)
    prices = [(WHALE, "0.5", 50), (WHALE, "0.5", 45), (OTHER_WHALE, "0.6", 40), (WHALE, "9", 30)]
    for number, (wallet, sol, seconds) in enumerate(prices):
        one = structs.replace(trade(number, sol, seconds=seconds), venue=None, wallet=wallet)
        await happened(database, one)
        await fan_out_all(database)
    found = await candles(
        database, chain=CHAIN, mint=MINT, seconds=HOUR, since=datetime.now(UTC) - timedelta(hours=2)
    )
    assert [(one.low, one.high) for one in found] == [_exact(120, 120)]


async def test_a_candle_keeps_the_latest_price_that_a_deep_pool_showed(database: Database) -> None:
    def at(seconds: int, usd: int, *, is_certain: bool) -> SeenPrice:
        moment = NOON + timedelta(seconds=seconds)
        return SeenPrice(chain=CHAIN, mint=MINT, usd=Decimal(usd), at=moment, is_certain=is_certain)

    async def kept(*prices: SeenPrice) -> Decimal | None:
        await database.transaction(lambda connection: note_prices_seen(connection, prices))
        found: Decimal | None = await database.fetchval(
            "SELECT certain_close FROM candles WHERE seconds = 3600 AND close_at >= certain_at"
        )
        return found

    assert await kept(at(10, 9, is_certain=False)) is None
    assert await kept(at(20, 3, is_certain=True), at(30, 8, is_certain=False)) == 3
    assert await kept(at(15, 4, is_certain=True)) == 3
    assert await kept(at(40, 7, is_certain=False)) == 3
    assert await kept(at(50, 5, is_certain=True), at(45, 6, is_certain=True)) == 5
