"""Pools that trades went through, and what is remembered of them."""

from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Activity, TradePrice
from domain.tokens.market_price import KnownPool
from storage.market.pools import StoredPools
from storage.postgres import Database
from tests.storage.sample_data import ALICE, CHAIN, MINT, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services


def through(pool: str, number: int, *, sol: int | None) -> Activity:
    price = TradePrice(
        token=MINT, quote=SOL, quote_decimals=9, fill=Decimal(1), pool=pool, liquidity_quote=sol
    )
    return structs.replace(purchase(number), price=price)


@pytest.fixture
def pools(database: Database) -> StoredPools:
    return StoredPools(database=database, chain=CHAIN)


async def test_a_pool_is_remembered_with_what_lay_in_it(database: Database, pools: StoredPools) -> None:
    await follow(database, ALICE)
    await happened(database, through("one", 0, sol=70), through("one", 1, sol=90), purchase(2))
    await fan_out_all(database)
    assert await pools.known_pools([MINT, "another"], {}) == {
        MINT: [KnownPool(mint=MINT, pool="one", quote=SOL, quote_decimals=9, slot=101, liquidity_quote=90)]
    }


async def test_the_three_pools_with_most_in_them_are_read_and_an_unknown_one_first(
    database: Database, pools: StoredPools
) -> None:
    await follow(database, ALICE)
    contents = {"small": 5, "large": 50, "unknown": None, "middle": 20}
    trades = [through(name, number, sol=sol) for number, (name, sol) in enumerate(contents.items())]
    await happened(database, *trades)
    await fan_out_all(database)
    found = await pools.known_pools([MINT], {SOL: Decimal(200)})
    assert [pool.pool for pool in found[MINT]] == ["unknown", "large", "middle"]


async def test_what_an_account_said_stays_when_the_pool_is_traded_again(
    database: Database, pools: StoredPools
) -> None:
    read = KnownPool(
        mint=MINT,
        pool="one",
        quote=SOL,
        quote_decimals=9,
        venue="program",
        vaults=("base", "quote"),
        slot=900,
        liquidity_quote=40,
    )
    await pools.save_pools([read])
    await database.execute("UPDATE pools SET seen_at = now() - interval '1 minute'")
    await follow(database, ALICE)
    await happened(database, through("one", 0, sol=70))
    await fan_out_all(database)
    assert (await pools.known_pools([MINT], {}))[MINT] == [structs.replace(read, liquidity_quote=70)]


async def test_a_pool_that_was_just_noted_is_not_written_again(database: Database) -> None:
    await follow(database, ALICE)
    for number, sol in enumerate((70, 90)):
        await happened(database, through("one", number, sol=sol))
        await fan_out_all(database)
    assert await database.fetchval("SELECT liquidity_quote FROM pools") == 70
