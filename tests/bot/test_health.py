"""What the bot reports of itself."""

import asyncio

import pytest

from bot.health import BotHealth
from domain.health import HealthState
from runtime.observability import metrics
from runtime.processes.health import Health
from runtime.processes.lifecycle import Stop
from storage.chats.updates import ReceivedUpdate, store_updates
from storage.coordination.instances import instances
from storage.postgres import Database
from tests.bot.conftest import until


@pytest.mark.services
async def test_a_bot_that_can_store_updates_is_ready(database: Database) -> None:
    health = Health()
    BotHealth(database=database, instance_id="bot-1", intake="polling").add_checks(health)
    report = await health.report()
    assert report.state is HealthState.HEALTHY
    assert report.results[0][1].sentence == "answers; 0 updates wait"


@pytest.mark.services
async def test_the_heartbeat_says_how_updates_come_and_how_many_wait(database: Database) -> None:
    await store_updates(database, [ReceivedUpdate(update_id=1, chat_id=7, payload="{}")])
    stop = Stop()
    heartbeat = BotHealth(database=database, instance_id="bot-1", intake="bot.example 1f").heartbeat
    async with asyncio.TaskGroup() as group:
        group.create_task(heartbeat.run(stop))
        await until(lambda: instances(database))
        stop.set()
    (instance,) = await instances(database)
    assert instance.program == "bot"
    said = {"updates": "webhook", "intake": "bot.example 1f", "waiting": 1}
    assert {**instance.detail, **said} == instance.detail
    (sample,) = next(iter(metrics.updates_pending.collect())).samples
    assert sample.value == 1
