"""What the wallets of a chat did, the latest first."""

import pytest
from msgspec import structs

from domain.activity.activity import Activity
from storage.delivery import chat_history
from storage.delivery.chat_history import PastAlert, PastAlertQuery, page_before, past_alerts
from storage.ingest.activities import Batch, store
from storage.ingest.provisional import revert
from storage.postgres import Database
from tests.storage.sample_data import ALICE, CHAIN, MINT, WHALE, follow, happened, purchase

pytestmark = pytest.mark.services

OTHER = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"


async def _past(database: Database, **asked: object) -> list[PastAlert]:
    ids = [row["watch_id"] for row in await database.fetch("SELECT watch_id FROM watches")]
    wanted = PastAlertQuery(**{"watch_ids": ids, "limit": 10, **asked})  # type: ignore[arg-type]
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
    await revert(database, chain=CHAIN, absent=[(purchase(0).signature, WHALE)])
    assert [one.reverted for one in await _past(database)] == [True]


async def test_what_is_older_than_asked_for_is_left_out(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase(1), purchase(2))
    await database.execute("UPDATE alerts SET created_at = created_at - interval '9 days' WHERE alert_id = 1")
    assert len(await _past(database, days=8)) == 1
    assert len(await _past(database, days=10)) == 2


async def _pages(database: Database, *, mint: str = MINT, limit: int = 2) -> list[list[int]]:
    """All pages to the end; between two of them another trade is stored."""
    ids = [row["watch_id"] for row in await database.fetch("SELECT watch_id FROM watches")]
    before: int | None = 2**62
    pages: list[list[int]] = []
    while before is not None:
        page = await page_before(database, ids, mint=mint, before=before, limit=limit)
        pages.append([_number(one) for one in page.alerts])
        before = page.next_before
        await happened(database, purchase(90_000 + len(pages)))
    return pages


async def test_pages_of_a_token_stay_whole_while_trades_come(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, ALICE, wallet=OTHER)
    await happened(database, *(purchase(at, wallet=WHALE if at % 2 else OTHER) for at in range(5)))
    assert [number for page in await _pages(database) for number in page] == [4, 3, 2, 1, 0]


async def test_what_lies_behind_much_else_is_reached_by_further_pages(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_history, "MAX_READ", 3)
    await follow(database, ALICE)
    await follow(database, ALICE, wallet=OTHER)
    other = structs.replace(purchase(1).received[0], mint=OTHER)
    busy = (structs.replace(purchase(at), received=(other,)) for at in range(2, 12))
    await happened(database, purchase(0), purchase(1, wallet=OTHER), *busy)
    pages = await _pages(database)
    assert [number for page in pages for number in page] == [1, 0]
    assert len(pages) > 3, "no page reads more of a wallet than that"


async def test_a_page_of_nobody_ends(database: Database) -> None:
    page = await page_before(database, [], mint=MINT, before=2**62, limit=5)
    assert (page.alerts, page.next_before) == ([], None)
