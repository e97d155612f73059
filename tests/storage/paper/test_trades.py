"""What campaigns see of a time: trades in the order of the chain, and candles that say something new."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Leg, TradePrice
from domain.paper.progress import price_only
from domain.paper.trades import SeenTrade
from domain.tokens.candles import SeenPrice
from storage.market.candles import note_prices_read
from storage.paper.trades import Seen, Window, candle_prices, trades_of, trades_within, with_candles
from storage.postgres import Connection, Database
from tests.storage.paper.history import BEGIN, moment, stored, trade
from tests.storage.sample_data import CHAIN, MINT, WHALE

USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
WINDOW = Window(begin=moment(0), end=moment(100))


async def seen(database: Database, limit: int = 100, window: Window = WINDOW) -> Seen:
    async def work(connection: Connection) -> Seen:
        return await trades_within(connection, CHAIN, window, limit=limit)

    return await database.transaction(work)


@pytest.mark.services
async def test_trades_stand_in_the_order_of_the_chain_whatever_that_of_their_storage(
    database: Database,
) -> None:
    await stored(database, [trade(3, "3", at=5, slot=8), trade(2, "2", at=5, slot=7, position=2)])
    await stored(database, [trade(1, "1", at=5, slot=7, position=1), trade(0, "1", at=100)])
    found = await seen(database)
    assert [one.signature for one in found.trades] == ["signature-1", "signature-2", "signature-3"]


@pytest.mark.services
async def test_where_more_happened_than_is_read_at_once_the_time_ends_with_a_whole_second(
    database: Database,
) -> None:
    await stored(database, [trade(number, "1", at=1 + number // 3) for number in range(9)])
    found = await seen(database, limit=5)
    assert (found.window.end, len(found.trades)) == (moment(2), 3)
    second = Window(begin=moment(1), end=moment(100))
    assert len((await seen(database, limit=2, window=second)).trades) == 3, "all of one second"


@pytest.mark.services
async def test_of_others_only_prices_of_what_is_followed_are_read(database: Database) -> None:
    await stored(
        database,
        [
            trade(1, "1", at=1, token="bought"),
            trade(2, "1", at=2, token="bought", wallet="other"),
            trade(3, "1", at=3, token="awaited", wallet="other"),
            trade(4, "1", at=4, token="unrelated", wallet="other"),
        ],
    )

    async def work(connection: Connection) -> Seen:
        return await trades_of(connection, CHAIN, WINDOW, limit=9, wallets={WHALE}, tokens={"awaited"})

    found = await database.transaction(work)
    assert [one.token for one in found.trades] == ["bought", "bought", "awaited"]
    assert found.window.end - found.window.begin == timedelta(seconds=100)


@pytest.mark.services
async def test_a_sale_for_dollars_shows_the_sol_that_they_were_worth(database: Database) -> None:
    await database.execute(
        "INSERT INTO dollar_prices (chain, mint, signature, usd, seen_at, wallet, is_certain)"
        " VALUES ($1, $2, 's', 200, $3, '', true)",
        CHAIN,
        SOL,
        moment(-60),
    )
    sale = trade(1, "1", at=5, is_sale=True, received=(Leg(mint=USDC, raw=10**8, decimals=6),))
    price = TradePrice(token=MINT, quote=USDC, quote_decimals=6, fill=Decimal(50))
    await stored(database, [structs.replace(sale, chain=CHAIN, price=price)])
    (found,) = (await seen(database)).trades
    assert found.price is not None
    assert (found.price.lamports, found.fill) == (Fraction(10**9, 4), Fraction(10**9, 4))


def test_a_candle_that_opens_with_a_trade_says_nothing_new() -> None:
    bought = price_only("token", BEGIN + 5, Fraction(7))
    same, later = price_only("token", BEGIN + 5, Fraction(8)), price_only("token", BEGIN + 60, Fraction(9))
    other = price_only("other", BEGIN + 5, Fraction(6))
    assert with_candles([bought], [later, other, same]) == [bought, other, later]


@pytest.mark.services
async def test_a_candle_does_not_open_with_a_trade_whose_block_died(database: Database) -> None:
    await database.execute(
        "INSERT INTO dollar_prices (chain, mint, signature, usd, seen_at, wallet, is_certain)"
        " SELECT $1, $2, 's' || n, 200, $3::timestamptz - n * interval '1 second', 'w' || n, true"
        " FROM generate_series(1, 11) AS n",
        CHAIN,
        SOL,
        moment(0),
    )
    await note_prices_read(
        database,
        [
            SeenPrice(chain=CHAIN, mint=mint, usd=Decimal(80), at=moment(60), is_certain=True)
            for mint in ("stands", "died")
        ],
    )
    await database.execute(
        "INSERT INTO alerts (chain, subject, sort, payload, block_time, reverted_at)"
        " SELECT $1, 'w', 'buy', jsonb_build_object('price', jsonb_build_object('token', token)), $2,"
        " reverted_at"
        " FROM (VALUES ('stands', NULL), ('died', now())) AS traded (token, reverted_at)",
        CHAIN,
        moment(60),
    )

    async def work(connection: Connection) -> list[SeenTrade]:
        return await candle_prices(connection, CHAIN, WINDOW, {"stands", "died"})

    assert [one.token for one in await database.transaction(work)] == ["stands"]
