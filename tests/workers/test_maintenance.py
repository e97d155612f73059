"""The hourly cleanup runs once, and only for its own letters."""

import asyncio
from dataclasses import replace

import msgspec
import pytest

from domain import jobs
from messaging.callbacks import Callbacks
from messaging.methods import Methods
from runtime.settings import load_settings
from storage.postgres import Database
from storage.ticks import is_open
from workers.context import Context
from workers.maintenance import CLEANUP, tidy, work


@pytest.mark.services
async def test_h91_two_workers_do_the_hours_cleanup_once(database: Database) -> None:
    context = Context(
        settings=load_settings({}),
        owner="a",
        database=database,
        telegram=Methods("1:token", "http://127.0.0.1:9"),
        callbacks=Callbacks("1:token"),
    )
    done = await asyncio.gather(*(tidy(replace(context, owner=owner)) for owner in "abcd"))
    assert sorted(done) == [False, False, False, True]
    assert not await is_open(database, CLEANUP)
    report = msgspec.json.decode(await database.fetchval("SELECT report FROM ticks"))
    assert report["deliveries"] == 0
    assert len(report["made"]) == 8


def test_a_letter_of_another_queue_is_refused() -> None:
    with pytest.raises(ValueError, match="maintenance"):
        work(jobs.write(jobs.DeliverLetter()))
