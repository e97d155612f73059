"""The sender's limits are counted in Redis."""

import pytest
from redis.asyncio import Redis

from messaging.sending.wait_queue import Rule
from storage.coordination.limits import Limits
from storage.redis import open_redis
from workers.rate_limits import RedisLimits

RULE = Rule(scope="chat:5", interval=10.0, burst=2)


@pytest.mark.services
async def test_a_rule_is_charged_and_paused(redis_client: Redis) -> None:
    limits = RedisLimits(Limits(redis_client))
    waits = await limits.admit_all([[RULE]] * 3)
    assert waits is not None
    assert waits[:2] == [0.0, 0.0]
    assert 9 < waits[2] <= 10
    await limits.pause(RULE.scope, 60.0)
    paused = await limits.admit_all([[RULE]])
    assert paused is not None
    assert 50 < paused[0] <= 60


async def test_an_absent_redis_says_nothing() -> None:
    client = open_redis("redis://127.0.0.1:1/0")
    limits = RedisLimits(Limits(client))
    assert await limits.admit_all([[RULE]]) is None
    await limits.pause(RULE.scope, 1.0)
    await client.aclose()
