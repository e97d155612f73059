"""What trades show of pools and prices is noted once their alerts are decided."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Activity, TradePrice
from domain.activity.prices import ReadPrice
from storage.delivery import trade_prices
from storage.delivery.fan_out import fan_out_next
from storage.delivery.trade_prices import note_trades
from storage.market.candles import note_fills
from storage.market.dollars import note_published
from storage.postgres import Connection, Database
from tests.storage.sample_data import ALICE, CHAIN, MINT, follow, happened, purchase, rules

pytestmark = pytest.mark.services


def traded(number: int) -> Activity:
    price = TradePrice(
        token=MINT,
        quote=SOL,
        quote_decimals=9,
        fill=Decimal("0.002"),
        spot=Decimal("0.002"),
        impact=Decimal(0),
        liquidity_quote=10**13,
        pool="pool",
    )
    return structs.replace(purchase(number), price=price, venue="Raydium")


async def decide_trades(database: Database, *numbers: int) -> None:
    at = purchase(0).block_time or int(datetime.now(UTC).timestamp())
    sol = ReadPrice(mint=SOL, usd=Decimal(200), published_at=at - 1, is_certain=True)
    await note_published(database, chain=CHAIN, prices=[sol])
    await follow(database, ALICE)
    await happened(database, *(traded(number) for number in numbers))
    while await fan_out_next(database, rules) is not None:
        pass


async def volume(database: Database) -> Decimal:
    found: Decimal = await database.fetchval(
        "SELECT coalesce(sum(volume), 0) FROM candles WHERE seconds = 3600 AND mint = $1", MINT
    )
    return found


async def test_trades_are_noted_once_and_not_before_they_are_decided(database: Database) -> None:
    await decide_trades(database, 1, 2)
    assert await volume(database) == 0
    assert [await note_trades(database), await note_trades(database)] == [2, 0]
    assert await volume(database) == 2 * Decimal("84.2") * 200
    assert await database.fetchval("SELECT pool FROM pools WHERE mint = $1", MINT) == "pool"


async def test_a_reverted_trade_teaches_nothing(database: Database) -> None:
    await decide_trades(database, 1)
    await database.execute("UPDATE alerts SET reverted_at = now()")
    assert await note_trades(database) == 1
    assert await volume(database) == 0


async def test_a_trade_that_cannot_be_noted_holds_up_no_other(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await decide_trades(database, 1, 2)
    note = note_fills

    async def broken(connection: Connection, seen: list[tuple[Activity, datetime]]) -> None:
        if any(activity.slot == traded(1).slot for activity, _ in seen):
            raise ValueError("a number that cannot be")
        await note(connection, seen)

    monkeypatch.setattr(trade_prices, "note_fills", broken)
    assert [await note_trades(database), await note_trades(database)] == [2, 0]
    assert await volume(database) == Decimal("84.2") * 200


async def test_a_trade_that_cannot_be_read_holds_up_no_other(database: Database) -> None:
    await decide_trades(database, 1, 2)
    await database.execute(
        "UPDATE alerts SET payload = '{}' WHERE alert_id = (SELECT min(alert_id) FROM alerts)"
    )
    assert [await note_trades(database), await note_trades(database)] == [2, 0]
    assert await volume(database) == Decimal("84.2") * 200
