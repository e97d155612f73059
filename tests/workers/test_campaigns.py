"""The job of paper campaigns lets them continue with what is stored, behind all that people wait for."""

from decimal import Decimal

import msgspec
import pytest

from domain import jobs
from domain.jobs import CampaignsPayload, Queue
from domain.paper.plan import Plan
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.methods import Methods
from runtime.processes.lifecycle import Stop
from runtime.settings.loading import load_settings
from storage.coordination.queues import Queues
from storage.postgres import Database
from tests.storage.paper.history import BEGIN, generated_activities, plain, result_of, start, stored
from tests.storage.sample_data import ALICE, CHAIN, WHALE, follow
from tests.workers.cached import facts_without_redis
from workers.campaigns import run_campaigns
from workers.maintenance import work
from workers.process import Context
from workers.stages import Dispatch, enqueue_campaigns

pytestmark = pytest.mark.services
PLAN = Plan(size_sol=Decimal(1), delay_s=2, wallets=frozenset({WHALE}), since=BEGIN)


async def test_a_job_reads_all_that_is_stored(database: Database) -> None:
    await follow(database, ALICE)
    activities = generated_activities(4)
    await stored(database, activities)
    campaign_id = await start(database, PLAN)
    await run_campaigns(
        Context(
            settings=load_settings({"CHAIN": CHAIN}),
            owner="a",
            database=database,
            telegram=Methods("1:token", "http://127.0.0.1:9"),
            cached=facts_without_redis(database),
            callbacks=Callbacks("1:token"),
        )
    )
    assert await result_of(database, campaign_id) == plain(PLAN, activities)
    assert await database.fetchval("SELECT cursor IS NULL FROM campaigns")


async def test_a_job_is_enqueued_on_the_lowest_lane_once_and_only_where_a_campaign_may_go_on(
    dispatch: Dispatch, queues: Queues
) -> None:
    await enqueue_campaigns(dispatch, Stop())
    assert await queues.depth(Queue.MAINTENANCE) == 0
    await follow(dispatch.database, ALICE)
    await start(dispatch.database, PLAN)
    for _ in range(2):
        await enqueue_campaigns(dispatch, Stop())
    assert await queues.depth(Queue.MAINTENANCE) == 1
    lowest = max(rules.niceness for rules in jobs.QUEUE_RULES.values())
    assert jobs.QUEUE_RULES[Queue.MAINTENANCE].niceness == lowest


def test_the_queue_takes_no_other_payload() -> None:
    assert jobs.read(jobs.write(CampaignsPayload())) == CampaignsPayload()
    with pytest.raises(ValueError, match="not a payload of the maintenance queue"):
        work(jobs.write(jobs.DeliverPayload()))
    with pytest.raises(msgspec.ValidationError):
        jobs.read('{"type":"campaign"}')
