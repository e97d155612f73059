"""Campaigns as chats keep them: started once, changed by their own chat alone, and not without end."""

import pytest

from domain.paper.stored import CampaignStatus
from storage.paper.campaigns import (
    KEPT,
    campaign_fills,
    campaign_of,
    campaign_points,
    campaigns_of,
    set_campaign_status,
)
from storage.postgres import Database
from tests.storage.paper.history import start
from tests.storage.sample_data import ALICE, BOB, CHAIN, follow

pytestmark = pytest.mark.services


async def stop(database: Database, campaign_id: int | None, chat_id: int = ALICE) -> bool:
    assert campaign_id is not None
    return await set_campaign_status(
        database, campaign_id=campaign_id, chat_id=chat_id, status=CampaignStatus.STOPPED, actor_id=chat_id
    )


async def test_a_chat_has_no_more_campaigns_than_it_may_and_starts_none_twice(database: Database) -> None:
    await follow(database, ALICE)
    first = await start(database, limit=1, origin="update 1")
    assert await start(database, limit=1, origin="update 1") == first
    assert await start(database, limit=1, origin="update 2") is None
    assert await stop(database, first)
    assert await start(database, limit=1, origin="update 3") is not None


async def test_only_its_own_chat_sees_and_changes_it(database: Database) -> None:
    await follow(database, ALICE)
    number = await start(database)
    assert number is not None
    assert not await stop(database, number, BOB)
    assert await campaign_of(database, campaign_id=number, chat_id=BOB) is None
    assert await campaign_fills(database, campaign_id=number, chat_id=BOB, limit=9) == []
    assert await campaigns_of(database, chat_id=BOB, topic_id=0, chain=CHAIN, limit=9) == []


async def test_of_those_that_are_over_a_chat_keeps_the_newest(database: Database) -> None:
    await follow(database, ALICE)
    await database.execute(
        "INSERT INTO campaigns (chat_id, chain, wallets, plan, status, finished)"
        " SELECT $1, $2, '{w}', '{}', 'stopped', true FROM generate_series(1, $3 + 5)",
        ALICE,
        CHAIN,
        KEPT,
    )
    await start(database)
    assert await database.fetchval("SELECT count(*) FROM campaigns") == KEPT + 1


async def test_of_a_long_curve_every_nth_point_is_read_and_the_last(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follow(database, ALICE)
    number = await start(database)
    await database.execute(
        "INSERT INTO campaign_points SELECT $1, to_timestamp(n * 300), n, n FROM generate_series(1, 10) AS n",
        number,
    )
    monkeypatch.setattr("storage.paper.campaigns.MAX_POINTS", 4)
    points = await campaign_points(database, campaign_id=number or 0, chat_id=ALICE)
    assert [one.own for one in points[1:]] == [1, 4, 7, 10]
    assert await campaign_points(database, campaign_id=number or 0, chat_id=BOB) == []
