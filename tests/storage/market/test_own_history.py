"""What an event is beside what its wallet did before."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.prices import MarketFacts
from domain.rules.noise import OwnHistory
from storage.market.own_history import own_history
from storage.postgres import Connection, Database
from tests.storage.sample_data import ALICE, follow, happened, purchase

pytestmark = pytest.mark.services


async def history(database: Database, number: int, usd: int | None) -> OwnHistory:
    activity = structs.replace(purchase(number), token_before=0)
    at = datetime.fromtimestamp(activity.block_time or 0, UTC)

    async def work(connection: Connection) -> OwnHistory:
        market = MarketFacts(usd=None if usd is None else Decimal(usd))
        stored_at = await connection.fetchval("SELECT now()")
        return await own_history(connection, activity, market, happened_at=at, stored_at=stored_at)

    return await database.transaction(work)


async def test_it_is_compared_with_the_wallets_earlier_trades(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase(1), purchase(2), purchase(3))
    await database.execute(
        "UPDATE alerts SET market = jsonb_build_object('usd', (alert_id * 100)::text)"
        " WHERE payload->>'signature' <> 'signature-3'"
    )
    first = await database.fetchval("SELECT min(alert_id) FROM alerts")
    found = await history(database, 13, int(first) * 100 + 50)
    assert found == OwnHistory(trades=2, rank=0.5, quiet_seconds=10.0, is_new=True)
    assert (await history(database, 13, None)).rank is None


async def test_of_a_wallet_that_did_nothing_before_nothing_is_known(database: Database) -> None:
    assert await history(database, 1, 5) == OwnHistory(trades=0, rank=None, quiet_seconds=None, is_new=True)
