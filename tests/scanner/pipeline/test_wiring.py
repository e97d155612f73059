"""A processor as it is wired: it works off what waits, and leaves in order."""

import asyncio

import pytest

from runtime.processes.lifecycle import Stop
from scanner.wiring import scan
from storage.coordination.instances import instances
from tests.scanner.pipeline.batches import WhaleBatches
from tests.scanner.world import settings_for, stored, until

pytestmark = pytest.mark.services


async def test_a_processor_stores_what_waits_and_leaves_at_the_stop(
    batches: WhaleBatches, postgres_url: str, valkey_url: str
) -> None:
    settings = settings_for(
        ["http://127.0.0.1:9"], [], database=postgres_url, redis=valkey_url, SCANNER_STAGE="process"
    )
    await batches.queue.put([batches.batch(0), batches.batch(1)])
    stop = Stop()

    async def both_stored() -> bool:
        return await stored(batches.database, batches.whale) == sorted(batches.whale.done[:2])

    async with asyncio.TaskGroup() as group:
        group.create_task(scan(settings, stop))
        await until(both_stored)
        stop.set()
    assert await instances(batches.database) == []
    assert await batches.database.fetchval("SELECT count(*) FROM members") == 0
