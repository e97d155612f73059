"""The bots that were started last decide how updates are taken."""

import pytest

from storage.coordination.instances import beat
from storage.coordination.intakes import newer_intake
from storage.postgres import Database

pytestmark = pytest.mark.services


async def start(database: Database, name: str, intake: str, *, program: str = "bot") -> None:
    await beat(database, instance_id=name, program=program, detail={"intake": intake})


async def test_of_bots_that_differ_the_one_that_was_started_last_decides(database: Database) -> None:
    await start(database, "old", "old.example 1")
    assert await newer_intake(database, "old") == ""
    await start(database, "new", "new.example 2")
    await start(database, "scanner", "none", program="scanner")
    await start(database, "old", "old.example 1")  # it beats on
    assert await newer_intake(database, "old") == "new.example 2"
    assert await newer_intake(database, "new") == ""


async def test_a_bot_that_is_silent_and_one_of_the_same_way_decide_nothing(database: Database) -> None:
    await start(database, "old", "old.example 1")
    await start(database, "gone", "new.example 2")
    await start(database, "twin", "old.example 1")
    await database.execute(
        "UPDATE instances SET heartbeat_at = now() - interval '1 min' WHERE instance_id = 'gone'"
    )
    assert await newer_intake(database, "old") == ""
    assert await newer_intake(database, "a bot without a heartbeat") == ""


async def test_who_was_started_between_two_of_one_way_decides_nothing(database: Database) -> None:
    await start(database, "first", "polling")
    await start(database, "between", "new.example 2")
    await start(database, "last", "polling")
    assert await newer_intake(database, "first") == "", "it fetches: else nobody would take the updates"
    assert await newer_intake(database, "between") == "polling"
    assert await newer_intake(database, "last") == ""
