"""What campaigns keep stays small."""

import pytest

from storage.paper import upkeep
from storage.paper.upkeep import keep_campaigns_small
from storage.postgres import Database
from tests.storage.paper.history import set_clock, start
from tests.storage.sample_data import ALICE, follow

pytestmark = pytest.mark.services


async def test_the_latest_fills_are_kept_and_of_old_points_the_last_of_each_hour(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follow(database, ALICE)
    await set_clock(database, 0)
    campaign_id = await start(database)
    await database.execute("UPDATE campaigns SET fills = 5")
    await database.execute(
        "INSERT INTO campaign_fills SELECT $1, n, '{}', now() FROM generate_series(1, 5) AS n", campaign_id
    )
    await database.execute(
        "INSERT INTO campaign_points SELECT $1, date_trunc('hour', now()) - days * interval '1 day'"
        " + n * interval '5 minutes', 1, 1 FROM unnest('{0,9}'::int[]) AS days, generate_series(0, 23) AS n",
        campaign_id,
    )
    monkeypatch.setattr(upkeep, "KEPT_FILLS", 2)
    done = await keep_campaigns_small(database)
    assert (done["campaign fills"], done["campaign points"]) == (3, 22)
    assert [row["number"] for row in await database.fetch("SELECT number FROM campaign_fills")] == [4, 5]
    assert set((await keep_campaigns_small(database)).values()) == {0}


async def test_a_campaign_of_a_chat_that_was_closed_for_days_pauses(database: Database) -> None:
    await follow(database, ALICE)
    await start(database)
    await database.execute("UPDATE chats SET closed_at = now() - interval '1 day', closed_reason = 'blocked'")
    assert (await keep_campaigns_small(database))["campaigns paused"] == 0
    await database.execute("UPDATE chats SET closed_at = now() - interval '4 days'")
    assert (await keep_campaigns_small(database))["campaigns paused"] == 1
    assert await database.fetchval("SELECT status FROM campaigns") == "paused"
