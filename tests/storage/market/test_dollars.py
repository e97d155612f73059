"""What SOL is worth: what is published on the chain goes before what trades showed."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Leg
from domain.activity.prices import ReadPrice
from storage.market.dollars import (
    dollars_and_uncertain,
    dollars_now,
    last_reading,
    note_prices,
    note_published,
    published_age,
)
from storage.postgres import Connection, Database
from tests.storage.sample_data import CHAIN, purchase

pytestmark = pytest.mark.services


async def test_a_price_on_the_chain_is_stored_once_and_has_an_age(database: Database) -> None:
    assert await published_age(database, chain=CHAIN) is None
    at = int(datetime.now(UTC).timestamp()) - 30
    price = ReadPrice(mint=SOL, usd=Decimal(200), published_at=at, is_certain=True)
    for _ in range(2):
        await note_published(database, chain=CHAIN, prices=[price])
    assert await dollars_now(database, chain=CHAIN) == {SOL: Decimal(200)}
    age = await published_age(database, chain=CHAIN)
    assert age is not None
    assert 29 < age < 60
    assert await dollars_now(database, chain="another") == {}


async def test_while_two_things_are_said_of_sol_the_last_certain_price_counts_and_is_called_uncertain(
    database: Database,
) -> None:
    now = datetime.now(UTC)
    at = int(now.timestamp())
    certain = ReadPrice(mint=SOL, usd=Decimal(200), published_at=at - 90, is_certain=True)
    torn = ReadPrice(
        mint=SOL, usd=Decimal(230), published_at=at - 30, is_certain=False, elsewhere=Decimal(200)
    )
    await note_published(database, chain=CHAIN, prices=[certain, torn])
    assert await dollars_now(database, chain=CHAIN) == {SOL: Decimal(200)}
    assert await last_reading(database, chain=CHAIN, mint=SOL) == torn
    moments = [now - timedelta(seconds=seconds) for seconds in (60, 0)]
    known, uncertain_moments = await database.transaction(lambda c: dollars_and_uncertain(c, CHAIN, moments))
    assert known[CHAIN, moments[1]] == {SOL: Decimal(200)}
    assert uncertain_moments == {moments[1]}


async def test_prices_of_trades_are_stored_in_one_order_whatever_the_order_of_their_alerts(
    database: Database,
) -> None:
    usdc = Leg(mint="EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v", raw=12_000 * 10**6, decimals=6)
    trades = [structs.replace(purchase(number), received=(usdc,), venue="Orca") for number in (2, 0, 3, 1)]

    async def note(connection: Connection) -> None:
        await note_prices(connection, [(trade, datetime.now(UTC)) for trade in trades])

    await database.transaction(note)
    rows = await database.fetch("SELECT signature FROM dollar_prices ORDER BY ctid")
    assert [row["signature"] for row in rows] == [f"signature-{number}" for number in range(4)]
