"""What a node sends is read with a bound, however it is packed; it counts until the last of it is dropped."""

import asyncio
import gc
import gzip
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache

import msgspec
import pytest
from aiohttp import web

from chain.rpc import provider_state
from chain.rpc.body import Body, ByteBudget
from chain.rpc.config import PoolConfig
from chain.rpc.errors import NoRoom, Oversized, UnusableAnswer
from chain.rpc.pool import RpcPool, open_rpc
from domain.backoff import Backoff
from runtime.settings.secret import Secret

pytestmark = pytest.mark.enable_socket

MIB = 1 << 20
ONCE = 10.0
"""Seconds for one attempt, however busy the machine is: see `pauses_are_longer`."""
SMALL = PoolConfig(max_answer_bytes=MIB, max_in_flight_bytes=2 * MIB, connections_min=0)


@pytest.fixture(autouse=True)
def pauses_are_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider that fails rests for longer than a call may take, so that it is asked once."""
    monkeypatch.setattr(provider_state, "_PROVIDER_PAUSES", Backoff(first_wait=10 * ONCE, max_wait=10 * ONCE))


@cache
def bomb(size: int) -> bytes:
    """So many bytes of JSON, packed."""
    return gzip.compress(b'{"result":"' + b"a" * size + b'"}', 9)


def packed(body: bytes, encoding: str = "gzip") -> web.Response:
    return web.Response(body=body, headers={"Content-Encoding": encoding})


@asynccontextmanager
async def asking(
    respond: Callable[[web.Request], web.StreamResponse], config: PoolConfig = SMALL
) -> AsyncIterator[RpcPool]:
    """A pool that asks a server which answers so."""

    async def post(request: web.Request) -> web.StreamResponse:
        return respond(request)

    application = web.Application()
    application.add_routes([web.post("/", post)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with open_rpc([Secret(f"http://127.0.0.1:{runner.addresses[0][1]}/")], config) as rpc:
            yield rpc
    finally:
        await runner.cleanup()


async def test_a_packed_answer_is_unpacked() -> None:
    async with asking(lambda _: packed(bomb(500_000))) as rpc:
        assert len(bytes(await rpc.call("getBlock", [1]))) == 500_002


async def test_scenario_98_a_bomb_is_unpacked_no_further_than_the_bound_and_the_provider_rests() -> None:
    made = bomb(64 * MIB)
    async with asking(lambda _: packed(made)) as rpc:
        with pytest.raises(Oversized, match="an answer of more than 1 MiB"):
            await rpc.call("getBlock", [1], seconds=ONCE)
        assert rpc.is_resting


async def test_scenario_98_an_answer_that_is_announced_too_large_is_not_read() -> None:
    async with asking(lambda _: web.Response(body=b"a" * (2 * MIB))) as rpc:
        with pytest.raises(Oversized):
            await rpc.call("getBlock", [1], seconds=ONCE)


async def test_what_is_small_may_answer_no_more_than_little() -> None:
    async with asking(lambda _: web.json_response({"result": "a" * (MIB // 2)})) as rpc:
        with pytest.raises(Oversized):
            await rpc.call("getSlot", seconds=ONCE)


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "x" * 500])
async def test_an_encoding_that_was_not_asked_for_is_refused(encoding: str) -> None:
    async with asking(lambda _: packed(zlib.compress(b'{"result":1}'), encoding)) as rpc:
        with pytest.raises(UnusableAnswer, match="an encoding that was not asked for"):
            await rpc.call("getSlot", seconds=ONCE)


async def test_what_is_not_packed_as_it_says_is_no_answer() -> None:
    async with asking(lambda _: packed(b'{"result":1}')) as rpc:
        with pytest.raises(UnusableAnswer, match="not packed as it says"):
            await rpc.call("getSlot", seconds=ONCE)


async def test_a_packed_answer_that_is_cut_off_is_no_answer() -> None:
    async with asking(lambda _: packed(bomb(1_000)[:-20])) as rpc:
        with pytest.raises(UnusableAnswer):
            await rpc.call("getBlock", [1], seconds=ONCE)


async def test_only_what_is_understood_is_asked_for() -> None:
    asked: list[str] = []

    def respond(request: web.Request) -> web.Response:
        asked.append(request.headers["Accept-Encoding"])
        return web.json_response({"result": 1})

    async with asking(respond) as rpc:
        await rpc.call("getSlot")
    assert asked == ["gzip"]


async def test_an_answer_counts_until_the_last_part_of_it_is_dropped() -> None:
    async with asking(lambda _: packed(bomb(900_000))) as rpc:
        answers = [await rpc.call("getBlock", [number]) for number in range(2)]
        with pytest.raises(NoRoom):
            await rpc.call("getBlock", [3])
        assert not rpc.is_resting
        answers.pop()
        gc.collect()
        assert len(bytes(await rpc.call("getBlock", [4]))) == 900_002


class Reading:
    """Bodies of one budget, with what each took."""

    def __init__(self, capacity: int, *limits: int) -> None:
        self.budget = ByteBudget(capacity)
        self.bodies = [Body(self.budget, limit) for limit in limits]
        for body in self.bodies:
            self.budget.begin(body)

    async def add(self, number: int, size: int) -> None:
        await self.bodies[number].add(b"a" * size, "node")


async def test_the_oldest_of_those_that_are_read_never_waits_for_the_others() -> None:
    reading = Reading(100, 60, 60)
    await reading.add(1, 40)
    with pytest.raises(NoRoom):
        await reading.add(1, 10)  # it would take what the oldest may still need
    await reading.add(0, 60)
    assert (reading.budget.in_flight, reading.budget.highest) == (100, 100)


async def test_who_waits_goes_on_when_another_is_dropped() -> None:
    reading = Reading(100, 60, 60)
    await reading.add(0, 60)
    reading.budget.end(reading.bodies[0])
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(reading.add(1, 60))
        await asyncio.sleep(0)
        assert not waiting.done()
        del reading.bodies[0]
        reading.bodies.insert(0, reading.bodies[0])
    assert reading.budget.in_flight == 60


async def test_a_body_that_is_larger_than_its_bound_is_refused_before_it_is_kept() -> None:
    reading = Reading(100, 10)
    with pytest.raises(Oversized):
        await reading.add(0, 11)
    assert reading.budget.in_flight == 0


def test_parts_of_a_body_keep_it_alive_and_are_what_was_sent() -> None:
    body = Body(ByteBudget(100), 100)
    body += b'{"result":{"a":[1,2]}}'
    raw = msgspec.json.decode(body, type=dict[str, msgspec.Raw])["result"]
    del body
    gc.collect()
    assert bytes(raw) == b'{"a":[1,2]}'
