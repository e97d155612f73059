"""The hourly cleanup runs once, and only for its own letters."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from msgspec import structs

from domain import jobs
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.methods import Methods
from runtime.clock import now
from runtime.settings.loading import load_settings
from storage.coordination.ticks import is_open
from storage.postgres import Database
from tests.storage.sample_data import ALICE, follow, happened, purchase
from workers.context import Context
from workers.maintenance import CLEANUP, run_retention, work


@pytest.fixture
def context(database: Database) -> Context:
    return Context(
        settings=load_settings({}),
        owner="a",
        database=database,
        telegram=Methods("1:token", "http://127.0.0.1:9"),
        callbacks=Callbacks("1:token"),
    )


@pytest.mark.services
async def test_h91_two_workers_do_the_hours_cleanup_once(context: Context, database: Database) -> None:
    done = await asyncio.gather(*(run_retention(replace(context, owner=owner)) for owner in "abcd"))
    assert sorted(done) == [False, False, False, True]
    assert not await is_open(database, CLEANUP)
    report = msgspec.json.decode(await database.fetchval("SELECT report FROM ticks"))
    assert report["deliveries"] == 0
    assert len(report["made"]) == 8


@pytest.mark.services
async def test_scenario_35_a_day_that_began_without_its_partition_is_reported_to_operators(
    context: Context, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await follow(database, ALICE)
    tomorrow = int((now() + timedelta(days=1)).timestamp())
    await happened(database, structs.replace(purchase(), block_time=tomorrow))
    assert await run_retention(context)
    assert "1 activities stay in the default partition" in caplog.text
    report = msgspec.json.decode(await database.fetchval("SELECT report FROM ticks"))
    assert (report["left_in_default"], len(report["made"])) == (1, 7)


def test_a_payload_of_another_queue_is_refused() -> None:
    with pytest.raises(ValueError, match="maintenance"):
        work(jobs.write(jobs.DeliverPayload()))
