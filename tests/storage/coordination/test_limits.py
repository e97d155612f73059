"""Limits hold for all processes together."""

import asyncio

import pytest
from redis.asyncio import Redis

from storage.coordination.limits import Limit, Limits
from storage.redis import open_redis

BOT = Limit(scope="bot", interval=60.0, burst=5)
CHAT = Limit(scope="chat:1", interval=60.0)


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
async def test_a_pause_holds_everybody_and_only_grows(redis_client: Redis) -> None:
    limits = Limits(redis_client)
    await limits.pause("bot", 30)
    await limits.pause("bot", 1)
    wait = await limits.admit([BOT])
    assert wait is not None
    assert 25 < wait <= 30


async def test_without_redis_it_says_so() -> None:
    client = open_redis("redis://127.0.0.1:1/0")
    assert await Limits(client).admit([BOT]) is None
    await Limits(client).pause("bot", 1)
    await client.aclose()
