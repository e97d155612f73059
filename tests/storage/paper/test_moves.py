"""What a campaign was moved on by is stored with it: a checkpoint follows a day behind."""

import time

import msgspec
import pytest

from domain.paper.campaign import Campaign
from domain.paper.trades import Filled, SeenTrade
from storage import postgres
from storage.paper import moves
from storage.paper.advance import advance_campaigns, read_stored_next
from storage.postgres import Database, open_database
from tests.storage.paper.history import moment, set_clock, start, stored, trade
from tests.storage.sample_data import ALICE, CHAIN, follow

pytestmark = pytest.mark.services


async def test_a_state_becomes_the_checkpoint_once_it_is_a_day_old(database: Database) -> None:
    await follow(database, ALICE)
    await set_clock(database, 0)
    await start(database)
    while await read_stored_next(database, chain=CHAIN):
        pass
    await stored(database, [trade(number, "1") for number in range(3)])

    async def checkpoints(seconds: int) -> list[int | None]:
        await advance_campaigns(database, chain=CHAIN, horizon=moment(seconds))
        (row,) = await database.fetch("SELECT checkpoint, next_checkpoint FROM campaigns")
        kept = [None if text is None else msgspec.json.decode(text)["until"] for text in row.values()]
        return [None if until is None else until - int(moment(0).timestamp()) for until in kept]

    assert await checkpoints(1) == [None, 0]
    assert await checkpoints(2) == [None, 0], "it waits until that is a day old"
    await database.execute("UPDATE campaigns SET next_checkpoint_at = now() - interval '25 hours'")
    assert await checkpoints(3) == [0, 3]


async def test_a_part_may_take_longer_than_postgresql_lets_a_transaction_be_idle(
    database: Database, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follow(database, ALICE)
    await set_clock(database, 0)
    await start(database)
    while await read_stored_next(database, chain=CHAIN):
        pass
    await stored(database, [trade(number, "1") for number in range(4)])
    see = Campaign.see

    def slowly(campaign: Campaign, one: SeenTrade) -> list[Filled]:
        time.sleep(0.3)
        return see(campaign, one)

    monkeypatch.setattr(Campaign, "see", slowly)
    monkeypatch.setattr(moves, "SAY_SECONDS", 0.2)
    monkeypatch.setattr(postgres, "IDLE_SECONDS", 1)
    impatient = await open_database(postgres_url)
    try:
        await advance_campaigns(impatient, chain=CHAIN, horizon=moment(10))
    finally:
        await impatient.close()
    row = await database.fetchrow("SELECT status, cursor FROM campaigns")
    assert row is not None
    assert (row["status"], row["cursor"]) == ("running", None)
