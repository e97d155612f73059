"""What SOL is worth: what stands on the chain goes before what trades showed."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from domain.activity.activity import SOL
from domain.activity.prices import ReadPrice
from storage.market.dollars import dollars_now, note_published, published_age
from storage.postgres import Database
from tests.storage.sample_data import CHAIN

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
