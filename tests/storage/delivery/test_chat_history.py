"""What the wallets of a chat did, the latest first."""

import pytest
from msgspec import structs

from domain.activity.activity import Activity
from storage.delivery.chat_history import PastAlert, PastAsked, past_alerts
from storage.ingest.activities import Batch, store
from storage.ingest.provisional import revert
from storage.postgres import Database
from tests.storage.sample_data import ALICE, CHAIN, MINT, WHALE, follow, happened, purchase

pytestmark = pytest.mark.services

OTHER = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"


async def _past(database: Database, **asked: object) -> list[PastAlert]:
    ids = [row["watch_id"] for row in await database.fetch("SELECT watch_id FROM watches")]
    wanted = PastAsked(**{"watch_ids": ids, "limit": 10, **asked})  # type: ignore[arg-type]
    return await past_alerts(database, wanted)


def _number(one: PastAlert) -> int:
    assert isinstance(one.event, Activity)
    return one.event.slot - 100


async def test_pages_go_over_all_wallets_by_what_came_last(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, ALICE, wallet=OTHER)
    await happened(database, *(purchase(at, wallet=WHALE if at % 2 else OTHER) for at in range(6)))
    assert [_number(one) for one in await _past(database, limit=4)] == [5, 4, 3, 2]
    assert [_number(one) for one in await _past(database, after=4, limit=4)] == [1, 0]


async def test_only_what_moved_a_token_is_found_by_it(database: Database) -> None:
    await follow(database, ALICE)
    other = structs.replace(purchase(1).received[0], mint=OTHER)
    await happened(database, purchase(0), structs.replace(purchase(1), received=(other,)))
    assert [_number(one) for one in await _past(database, mint=MINT)] == [0]
    assert [_number(one) for one in await _past(database, mint=OTHER)] == [1]


async def test_what_died_with_its_fork_is_marked(database: Database) -> None:
    await follow(database, ALICE)
    await store(database, Batch(chain=CHAIN, activities=[purchase(0)], provisional=True))
    await revert(database, chain=CHAIN, signature=purchase(0).signature)
    assert [one.reverted for one in await _past(database)] == [True]


async def test_what_is_older_than_asked_for_is_left_out(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase(1), purchase(2))
    await database.execute("UPDATE alerts SET created_at = created_at - interval '9 days' WHERE alert_id = 1")
    assert len(await _past(database, days=8)) == 1
    assert len(await _past(database, days=10)) == 2
