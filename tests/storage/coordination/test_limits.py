"""Rate limits count for all processes together."""

import asyncio

import pytest
from redis.asyncio import Redis

from domain.rate_limits import RateLimit
from storage.coordination.limits import Limits
from storage.redis import open_redis

BOT = RateLimit(scope="bot", interval=60.0, burst=5)
CHAT = RateLimit(scope="chat:1", interval=60.0)


@pytest.mark.services
async def test_a_burst_is_admitted_and_no_more(redis_client: Redis) -> None:
    waits = await asyncio.gather(*(Limits(redis_client).admit([BOT]) for _ in range(12)))
    assert sum(wait == 0 for wait in waits) == 5
    assert all(wait is not None and wait <= 60 for wait in waits)


@pytest.mark.services
async def test_all_limits_admit_or_none_is_charged(redis_client: Redis) -> None:
    limits = Limits(redis_client)
    assert await limits.admit([BOT, CHAT]) == 0
    for _ in range(10):
        assert await limits.admit([BOT, CHAT]) != 0
    admitted = [await limits.admit([BOT]) for _ in range(5)]
    assert admitted.count(0) == 4


@pytest.mark.services
async def test_a_pause_applies_to_every_process_and_only_grows(redis_client: Redis) -> None:
    limits = Limits(redis_client)
    await limits.pause("bot", 30)
    await limits.pause("bot", 1)
    wait = await limits.admit([BOT])
    assert wait is not None
    assert 25 < wait <= 30


@pytest.mark.services
async def test_many_requests_at_once_are_answered_in_their_order(redis_client: Redis) -> None:
    limits, limit = Limits(redis_client), RateLimit(scope="chat:5", interval=10.0, burst=2)
    waits = await limits.admit_all([[limit]] * 3)
    assert waits is not None
    assert waits[:2] == [0.0, 0.0]
    assert 9 < waits[2] <= 10
    await limits.pause(limit.scope, 60.0)
    paused = await limits.admit_all([[limit]])
    assert paused is not None
    assert 50 < paused[0] <= 60


async def test_an_absent_redis_gives_no_answer() -> None:
    client = open_redis("redis://127.0.0.1:1/0")
    assert await Limits(client).admit([BOT]) is None
    assert await Limits(client).admit_all([[BOT]]) is None
    await Limits(client).pause("bot", 1)
    await client.aclose()
