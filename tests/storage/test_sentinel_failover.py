"""A primary dies and its replica takes over: everything that uses Redis continues, on real sentinels."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import redis as blocking
from redis.exceptions import RedisError

from domain.errors import QueueUnavailable
from domain.jobs import AnswerPayload, QuestionKind, Queue
from domain.rate_limits import RateLimit
from storage.cache import CacheSpec, always
from storage.caches import Caches
from storage.chats.sessions import Saved, Sessions
from storage.coordination.limits import Limits
from storage.coordination.queue_workers import make_worker
from storage.coordination.queues import Queues
from storage.coordination.wake_ups import WakeUps, wake
from storage.keys import ALERTS_CHANNEL, CacheName
from storage.redis import check_queue_server, open_blocking_redis, open_queue_redis, open_redis
from tests.storage.sentinels import Sentinels, sentinels

pytestmark = pytest.mark.services
NUMBERS = CacheSpec(name=CacheName.TOKENS, type_=int, seconds=always(60), local_seconds=0)
TAKE_OVER_SECONDS = 10.0


async def until(works: Callable[[], Awaitable[bool]]) -> float:
    """Wait until something works again; how long that took."""
    began = time.monotonic()
    async with asyncio.timeout(TAKE_OVER_SECONDS):
        while not await works():  # noqa: ASYNC110 - a fail-over has no event
            await asyncio.sleep(0.05)
    return time.monotonic() - began


async def test_redis_24_after_a_fail_over_every_use_of_redis_goes_on(tmp_path: Path) -> None:
    with sentinels(tmp_path) as running:
        client, raw = open_redis(running.url), open_redis(running.url, text=False)
        queue_client, worker_client = open_queue_redis(running.url), open_blocking_redis(running.url)
        queues, limits = Queues(queue_client), Limits(client)
        sessions, cache = Sessions(client, instance="bot"), Caches(raw).open(NUMBERS)
        wake_ups = WakeUps(client, ALERTS_CHANNEL)
        payload = AnswerPayload(question_id=1, kind=QuestionKind.BALANCE)
        await check_queue_server(client)
        assert await sessions.save(await sessions.load(1, 2), awaiting="label") is Saved.DONE
        await cache.set("k", 1)
        await queues.send(Queue.BALANCE_CHECK, payload)
        assert await limits.admit([RateLimit(scope="a", interval=60)]) == 0.0
        assert not await wake_ups.wait(0.05)
        assert await client.wait(1, 2000) == 1  # the replica has all of it
        before = running.primary()
        await asyncio.to_thread(running.kill_primary)

        async def takes_jobs() -> bool:
            try:
                await queues.send(Queue.BALANCE_CHECK, payload)
            except QueueUnavailable:
                return False
            return True

        async def works() -> bool:
            return (await sessions.load(1, 2)).awaiting == "label" and await cache.get("k") == 1

        await until(works)
        await until(takes_jobs)
        assert running.primary() != before
        assert await limits.admit([RateLimit(scope="a", interval=60)]) not in {None, 0.0}
        assert await queues.depth(Queue.BALANCE_CHECK) == 2
        make_worker(Queue.BALANCE_CHECK, worker_client, name="w").work(burst=True, logging_level="ERROR")
        assert await queues.depth(Queue.BALANCE_CHECK) == 0
        await until(lambda: _wakes(client, wake_ups))
        await wake_ups.close()
        queue_client.close()
        worker_client.close()
        await client.aclose()
        await raw.aclose()


async def _wakes(client: object, wake_ups: WakeUps) -> bool:
    waiting = asyncio.ensure_future(wake_ups.wait(0.3))  # noqa: TID251 - ends in time
    await asyncio.sleep(0.1)
    await wake(client, ALERTS_CHANNEL)  # type: ignore[arg-type]
    return await waiting


@pytest.mark.usefixtures("valkey_url")
async def test_a_primary_that_became_a_replica_is_left_for_the_new_one(tmp_path: Path) -> None:
    with sentinels(tmp_path) as running:
        client = open_redis(running.url)
        await client.set("a", "1")
        await asyncio.to_thread(_swap, running)

        async def writes() -> bool:
            try:
                await client.set("a", "2")
            except RedisError:
                return False
            return True

        await until(writes)
        assert await client.get("a") == "2"
        await client.aclose()


def _swap(running: Sentinels) -> None:
    """Let the sentinels make the replica the primary while both live."""
    with blocking.Redis(port=next(iter(running.watchers))) as sentinel:
        sentinel.execute_command("SENTINEL", "FAILOVER", "whales")


async def test_sentinels_that_are_away_are_a_redis_that_is_away() -> None:
    client = open_redis("redis+sentinel://127.0.0.1:1,127.0.0.1:2/whales/0")
    sessions = Sessions(client, instance="bot")
    assert await sessions.save(await sessions.load(1, 2), awaiting="label") is Saved.AWAY
    await client.aclose()
