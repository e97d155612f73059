"""What one stage works with, without the loop around it."""

from collections.abc import AsyncIterator, Iterator

import pytest
from redis.asyncio import Redis

from storage.coordination.queues import Queues
from storage.coordination.wake_ups import WakeUps
from storage.keys import ALERTS_CHANNEL
from storage.postgres import Database
from storage.redis import open_blocking_redis
from workers.stages.stage import Dispatch


@pytest.fixture
def queues(valkey_url: str) -> Iterator[Queues]:
    with open_blocking_redis(valkey_url) as client:
        yield Queues(client)


@pytest.fixture
async def dispatch(database: Database, queues: Queues, redis_client: Redis) -> AsyncIterator[Dispatch]:
    wake_ups = WakeUps(redis_client, ALERTS_CHANNEL)
    yield Dispatch(database=database, queues=queues, wake_ups=wake_ups)
    await wake_ups.close()
