"""Patterns of one wallet, told once a day; and what may be a move is noted."""

import pytest

from domain.activity.exchanges import EXCHANGES
from domain.patterns.found import Owner, Pattern, PatternFound
from storage.patterns.wallets import announce
from storage.postgres import Connection, Database
from tests.storage.patterns.samples import AHAB, NOW, found_after, patterns, transfer
from tests.storage.sample_data import ALICE, CHAIN, follow

pytestmark = pytest.mark.services
DAY = 86_400


async def announced(database: Database, at: float) -> bool:
    event = PatternFound(
        chain=CHAIN,
        pattern=Pattern.ACCUMULATION,
        mint="WIF",
        owners=(Owner(wallets=(AHAB,), at=at),),
        first_at=at,
        last_at=at,
    )
    wallet_id = await database.fetchval("SELECT wallet_id FROM wallets")

    async def work(connection: Connection) -> bool:
        return await announce(connection, wallet_id, "WIF", event)

    return await database.transaction(work)


async def test_the_same_is_news_once_a_day(database: Database) -> None:
    await follow(database, ALICE, wallet=AHAB)
    assert [await announced(database, NOW + hours * 3_600) for hours in (0, 5, 24, 25)] == [
        True,
        False,
        False,
        True,
    ]
    assert len(await patterns(database)) == 2


async def test_a_lot_that_goes_to_an_address_is_noted_unless_it_is_an_exchange(database: Database) -> None:
    await follow(database, ALICE, wallet=AHAB)
    await database.execute(
        "INSERT INTO dollar_prices (chain, mint, signature, usd, seen_at)"
        " VALUES ($1, 'SOL', 'one', 150, to_timestamp($2::float8))",
        CHAIN,
        float(NOW),
    )
    exchange = next(iter(EXCHANGES))
    await found_after(
        database,
        transfer(AHAB, "home", 0, 60),
        transfer(AHAB, exchange, 1, 60),
        transfer(AHAB, "little", 2, 1),
    )
    rows = await database.fetch("SELECT address FROM wallet_moves")
    assert [row["address"] for row in rows] == ["home"]
