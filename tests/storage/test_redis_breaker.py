"""A Redis that hangs: one short time-out, then nobody asks until one does for all."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import redis as blocking
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from runtime.clock import monotonic
from storage.redis import open_queue_redis, open_redis
from storage.redis_breaker import RedisBreaker, breaker_of


class Hanging:
    """A server that takes everything and answers nothing."""

    def __init__(self) -> None:
        self.asked = 0
        self.port = 0
        self._end = asyncio.Event()

    async def serve(self) -> asyncio.Server:
        server = await asyncio.start_server(self._hang, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _hang(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked += 1
        await self._end.wait()
        writer.close()
        del reader

    def end(self) -> None:
        self._end.set()


@pytest.fixture
async def hanging() -> AsyncIterator[Hanging]:
    hanging = Hanging()
    server = await hanging.serve()
    yield hanging
    hanging.end()
    server.close()
    await server.wait_closed()


def time_out(breaker: RedisBreaker) -> None:
    breaker.timed_out(since=monotonic(), seconds=0.0)


async def ask_in_pipeline(client: Redis) -> None:
    async with client.pipeline() as pipe:
        pipe.get("a")
        await pipe.execute()


def ask_in_blocking_pipeline(client: blocking.Redis) -> None:
    """As RQ does."""
    with client.pipeline() as pipe:
        pipe.get("a")
        pipe.execute()


def test_after_a_time_out_nobody_asks_and_then_one_asks_for_all() -> None:
    breaker = RedisBreaker(rest_seconds=0.05)
    breaker.check()
    time_out(breaker)
    with pytest.raises(RedisConnectionError):
        breaker.check()
    end = monotonic() + 0.06
    while monotonic() < end:
        pass
    breaker.check()
    with pytest.raises(RedisConnectionError):
        breaker.check()
    breaker.answered()
    breaker.check()
    breaker.check()


def test_a_server_that_answers_others_meanwhile_does_not_hang() -> None:
    breaker = RedisBreaker()
    asked = monotonic()
    breaker.answered()
    breaker.timed_out(since=asked, seconds=0.0)
    breaker.check()


def test_a_process_that_was_held_up_itself_blames_no_server() -> None:
    breaker = RedisBreaker()
    breaker.timed_out(since=monotonic() - 2.0, seconds=0.75)
    breaker.check()
    breaker.timed_out(since=monotonic() - 0.8, seconds=0.75)
    with pytest.raises(RedisConnectionError):
        breaker.check()


def test_all_clients_of_a_server_have_one_breaker() -> None:
    assert breaker_of("a", 1) is breaker_of("a", 1)
    assert breaker_of("a", 1) is not breaker_of("a", 2)


async def test_a_server_that_hangs_costs_all_clients_one_short_time_out(hanging: Hanging) -> None:
    url = f"redis://127.0.0.1:{hanging.port}/0"
    one, other = (open_redis(url, answer_seconds=1.0) for _ in range(2))
    queue = open_queue_redis(url)
    began = monotonic()
    with pytest.raises(RedisTimeoutError):
        await one.get("a")
    first = monotonic() - began
    for _ in range(20):
        for client in (one, other):
            with pytest.raises(RedisConnectionError):
                await client.get("a")
        with pytest.raises(RedisConnectionError):
            await ask_in_pipeline(one)
        with pytest.raises(RedisConnectionError):
            await one.pubsub().subscribe("a")
        with pytest.raises(RedisConnectionError):
            queue.llen("a")
        with pytest.raises(RedisConnectionError):
            ask_in_blocking_pipeline(queue)
    assert monotonic() - began < first + 1.0  # nobody waits a second time
    assert first < 2.0
    assert hanging.asked <= 2
    for client in (one, other):
        await client.aclose()
    queue.close()


async def test_a_pipeline_and_a_thread_find_out_for_all(hanging: Hanging) -> None:
    url = f"redis://127.0.0.1:{hanging.port}/0"
    client, queue = open_redis(url), open_queue_redis(url)

    with pytest.raises(RedisTimeoutError):
        await asyncio.to_thread(ask_in_blocking_pipeline, queue)
    began = monotonic()
    with pytest.raises(RedisConnectionError):
        await ask_in_pipeline(client)
    assert monotonic() - began < 0.2
    await client.aclose()
    queue.close()


async def test_a_question_that_is_given_up_leaves_no_answer_to_the_next(hanging: Hanging) -> None:
    client = open_redis(f"redis://127.0.0.1:{hanging.port}/0")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await client.get("a")
    await client.aclose()


@pytest.mark.services
async def test_one_answer_closes_it(valkey_url: str) -> None:
    client = open_redis(valkey_url, answer_seconds=1.0)
    await client.set("a", "1")
    options = client.connection_pool.connection_kwargs
    breaker = breaker_of(options["host"], options["port"])
    time_out(breaker)
    with pytest.raises(RedisConnectionError):
        await client.get("a")
    breaker.answered()
    assert await client.get("a") == "1"
    await client.aclose()
