"""What handlers read of positions."""

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Kind, Leg
from services.stores.positions import PositionStore
from storage.postgres import Database
from storage.replica import Replica
from tests.storage.sample_data import (
    ALICE,
    CHAIN,
    MINT,
    WHALE,
    fan_out_all,
    follow,
    happened,
    purchase,
    tokens_without_redis,
)

pytestmark = pytest.mark.services


async def test_positions_gains_and_prices_are_read_by_wallet_and_mint(database: Database) -> None:
    store = PositionStore(
        database=database,
        replica=Replica(database=database, primary=database),
        chain=CHAIN,
        tokens=tokens_without_redis(database),
    )
    await follow(database, ALICE)
    bought = purchase(1)
    sold = structs.replace(
        purchase(2),
        kind=Kind.SELL,
        paid=bought.received,
        received=(Leg(mint=SOL, raw=90_000_000_000, decimals=9),),
    )
    await happened(database, bought, sold)
    await fan_out_all(database)
    assert (await store.of([WHALE, "another"]))["another"] == {}
    assert (await store.of([WHALE]))[WHALE][MINT].sol.realised == 5_800_000_000
    gains = await store.gains([WHALE, "another"], seconds=3_600)
    assert (gains[WHALE].sales, gains[WHALE].gain_sol, gains[WHALE].gain_usd) == (1, 5_800_000_000, None)
    assert "another" not in gains
    assert await store.gains([WHALE], seconds=0) == {}
    assert await store.prices([MINT]) == {}
    assert await store.known_tokens([MINT]) == {}
