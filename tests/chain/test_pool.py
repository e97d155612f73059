"""The pool's manners: rates, budgets, hedging, batches, equal questions, connections, and what it tells."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from aiohttp import web

from chain.rpc.config import PoolConfig
from chain.rpc.errors import NodeFault, Rejected
from chain.rpc.pool import open_rpc
from domain.errors import NodeUnavailable
from runtime.clock import monotonic
from runtime.settings.secret import Secret
from sandbox.chain.config import ChainConfig
from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from tests.chain.nodes import error, node, result
from tests.e2e.waiting import until

pytestmark = pytest.mark.enable_socket


@asynccontextmanager
async def counting(answer: Callable[[dict[str, Any]], web.Response]) -> AsyncIterator[tuple[str, list[Any]]]:
    asked: list[Any] = []

    def note(request: dict[str, Any]) -> web.Response:
        asked.append(request)
        return answer(request)

    async with node(note) as url:
        yield url, asked


def batch(requests: Any) -> web.Response:
    answers = [{"jsonrpc": "2.0", "id": one["id"], "result": one["params"][0]} for one in requests]
    return web.Response(body=msgspec.json.encode(answers[::-1]))


async def test_a_slow_provider_gets_company_and_the_first_answer_counts() -> None:
    async with SandboxChain(ChainConfig(slot_seconds=None)) as slow, node(lambda _: result(77)) as quick:
        slow.faults.add(Fault(fault="stall_answer", seconds=5, times=None))
        config = PoolConfig(hedge_seconds=0.1)
        async with open_rpc([Secret(slow.rpc_url), Secret(quick)], config) as rpc:
            began = monotonic()
            assert bytes(await rpc.call("getSlot")) == b"77"
            assert monotonic() - began < 2


async def test_a_provider_that_is_overtaken_again_and_again_rests_longer_and_longer() -> None:
    async with SandboxChain(ChainConfig(slot_seconds=None)) as slow, node(lambda _: result(77)) as quick:
        slow.faults.add(Fault(fault="stall_answer", seconds=3, times=None))
        config = PoolConfig(hedge_seconds=0.1)
        async with open_rpc([Secret(slow.rpc_url), Secret(quick)], config) as rpc:
            began = monotonic()
            for number in range(30):
                assert bytes(await rpc.call("getSlot", [number])) == b"77"
            assert monotonic() - began < 1
            first, second = rpc.statistics().values()
            assert "rests" in first
            assert "failed" not in second


async def test_without_hedging_the_next_is_asked_only_after_a_fault() -> None:
    async with SandboxChain(ChainConfig(slot_seconds=None)) as slow:
        slow.faults.add(Fault(fault="stall_answer", seconds=0.4, times=1))
        async with counting(lambda _: result(77)) as (quick, asked):
            config = PoolConfig(hedge_seconds=0)
            async with open_rpc([Secret(slow.rpc_url), Secret(quick)], config) as rpc:
                assert bytes(await rpc.call("getSlot")) == b"1000"
            assert asked == []


async def test_equal_questions_at_the_same_time_are_one_request() -> None:
    async with counting(lambda _: result(5)) as (url, asked), open_rpc([Secret(url)]) as rpc:
        same = [rpc.call("getBlock", [5, {"a": 1}]) for _ in range(20)]
        await asyncio.gather(*same, rpc.call("getBlock", [6, {"a": 1}]))
        assert len(asked) == 2


async def test_a_provider_over_its_rate_is_passed_over_and_then_waited_for() -> None:
    async with counting(lambda _: result(1)) as (one, first), counting(lambda _: result(2)) as (two, second):
        config = PoolConfig(per_second=10)
        async with open_rpc([Secret(one), Secret(two)], config) as rpc:
            began = monotonic()
            for number in range(20):
                await rpc.call("getBlock", [number])
            took = monotonic() - began
    assert len(first) + len(second) == 20
    assert abs(len(first) - len(second)) <= 6
    assert took > 0.6


async def test_a_budget_that_is_spent_is_told_with_the_time_of_the_next() -> None:
    async with node(lambda _: result(1)) as url, open_rpc([Secret(url)], PoolConfig(per_day=3)) as rpc:
        for number in range(3):
            await rpc.call("getBlock", [number])
        with pytest.raises(NodeUnavailable) as caught:
            await rpc.call("getBlock", [9], seconds=1)
        assert caught.value.retry_after is not None
        assert caught.value.retry_after > 80_000
        (told,) = rpc.statistics().values()
    assert "3 of 3 today" in told


async def test_it_tells_how_many_connections_are_in_use_and_no_key() -> None:
    async with SandboxChain(ChainConfig(slot_seconds=None)) as chain:
        chain.faults.add(Fault(fault="stall_answer", seconds=0.5, times=None))
        url = Secret(f"{chain.rpc_url}/?api-key=PLANTED")
        async with open_rpc([url]) as rpc, asyncio.TaskGroup() as group:
            for commitment in ("processed", "confirmed", "finalized"):
                group.create_task(rpc.call("getSlot", [{"commitment": commitment}]))
            await asyncio.sleep(0.2)
            (told,) = rpc.statistics().values()
    assert told.startswith("3/10 in use, 3 asked")
    assert "PLANTED" not in repr(rpc.statistics())


async def test_no_more_connections_than_allowed_are_used_at_once() -> None:
    at_once, most = 0, 0

    async def post(request: web.Request) -> web.Response:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.02)
        at_once -= 1
        return result(1)

    application = web.Application()
    application.add_routes([web.post("/", post)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = Secret(f"http://127.0.0.1:{runner.addresses[0][1]}/")
    async with open_rpc([url], PoolConfig(connections_max=4)) as rpc:
        await asyncio.gather(*(rpc.call("getBlock", [number]) for number in range(20)))
    await runner.cleanup()
    assert most == 4


async def test_a_node_that_lags_far_behind_is_asked_last() -> None:
    async with (
        counting(lambda _: result(100)) as (old, asked),
        node(lambda _: result(1_000)) as new,
        open_rpc([Secret(old), Secret(new)]) as rpc,
    ):
        async with asyncio.TaskGroup() as group:
            keeper = group.create_task(rpc.keep_warm())
            await until(lambda: "900 slots behind" in repr(rpc.statistics()))
            keeper.cancel()
        assert bytes(await rpc.call("getBlock", [1])) == b"1000"
        assert len(asked) == PoolConfig().connections_min


async def test_questions_go_in_batches_where_they_are_taken() -> None:
    async with counting(batch) as (url, asked), open_rpc([Secret(url)], PoolConfig(batch=10)) as rpc:
        answers = await rpc.call_many("getTransaction", [[number] for number in range(25)])
    assert [msgspec.json.decode(one) for one in answers if not isinstance(one, Exception)] == list(range(25))
    assert [len(one) for one in asked] == [10, 10, 5]


async def test_a_provider_that_takes_no_batches_is_asked_one_by_one_from_then_on() -> None:
    def single(request: Any) -> web.Response:
        return error(-32600, "no batches") if isinstance(request, list) else result(request["params"][0])

    async with counting(single) as (url, asked), open_rpc([Secret(url)], PoolConfig(batch=10)) as rpc:
        answers = await rpc.call_many("getTransaction", [[number] for number in range(15)])
    assert [bytes(one) for one in answers if not isinstance(one, Exception)] == [
        str(number).encode() for number in range(15)
    ]
    assert sum(isinstance(one, list) for one in asked) == 1


async def test_one_bad_question_in_a_batch_spoils_no_other() -> None:
    def answer(requests: Any) -> web.Response:
        if not isinstance(requests, list):
            return error(-32603, "internal")
        codes = {1: -32602, 2: -32603}
        answers = [
            {"id": one["id"], "error": {"code": codes[one["params"][0]], "message": "no"}}
            if one["params"][0] in codes
            else {"id": one["id"], "result": one["params"][0]}
            for one in requests
        ]
        return web.Response(body=msgspec.json.encode(answers))

    async with node(answer) as url, open_rpc([Secret(url)], PoolConfig(batch=10)) as rpc:
        good, wrong, broken, last = await rpc.call_many(
            "getTransaction", [[number] for number in range(4)], seconds=0.2
        )
    assert not isinstance(good, Exception)
    assert isinstance(wrong, Rejected)
    assert isinstance(broken, NodeFault)
    assert not isinstance(last, Exception)
