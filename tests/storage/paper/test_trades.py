"""What campaigns see of a time: trades in the order of the chain, and candles that say something new."""

from datetime import timedelta
from fractions import Fraction

import pytest

from domain.paper.progress import price_only
from storage.paper.trades import Seen, Window, trades_of, trades_within, with_candles
from storage.postgres import Connection, Database
from tests.storage.paper.history import BEGIN, moment, stored, trade
from tests.storage.sample_data import CHAIN, WHALE

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


def test_a_candle_that_opens_with_a_trade_says_nothing_new() -> None:
    bought = price_only("token", BEGIN + 5, Fraction(7))
    same, later = price_only("token", BEGIN + 5, Fraction(8)), price_only("token", BEGIN + 60, Fraction(9))
    other = price_only("other", BEGIN + 5, Fraction(6))
    assert with_candles([bought], [later, other, same]) == [bought, other, later]
