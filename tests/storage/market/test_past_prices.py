"""What SOL cost in past hours is stored once, and that nobody traded it as well."""

from decimal import Decimal

import pytest

from storage.market.past_prices import MAX_TRIES, keep_past_price, past_prices
from storage.postgres import Database
from tests.storage.sample_data import CHAIN

pytestmark = pytest.mark.services


async def test_an_hour_is_kept_as_it_was_first_read(database: Database) -> None:
    await keep_past_price(database, chain=CHAIN, hour=500_000, usd=Decimal(150))
    await keep_past_price(database, chain=CHAIN, hour=500_000, usd=Decimal(9))
    await keep_past_price(database, chain=CHAIN, hour=500_001, usd=None)
    await keep_past_price(database, chain=CHAIN, hour=500_001, usd=None, tries=MAX_TRIES - 1)
    found = await past_prices(database, chain=CHAIN, hours=[500_000, 500_001, 500_002])
    assert found == {500_000: Decimal(150), 500_001: None}
    assert await past_prices(database, chain="another", hours=[500_000]) == {}


async def test_an_hour_in_whose_blocks_nobody_traded_is_read_again_until_there_were_enough(
    database: Database,
) -> None:
    await keep_past_price(database, chain=CHAIN, hour=500_000, usd=None, tries=3)
    assert await past_prices(database, chain=CHAIN, hours=[500_000]) == {}
    await keep_past_price(database, chain=CHAIN, hour=500_000, usd=Decimal(150))
    assert await past_prices(database, chain=CHAIN, hours=[500_000]) == {500_000: Decimal(150)}
