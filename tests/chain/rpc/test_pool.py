"""The pool's manners: rates, budgets, equal questions, and what it says of lagging nodes.
Many questions of one method: in batches where they are taken, else one by one.
"""

import asyncio
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
from tests.chain.nodes import counting, error, node, result
from tests.e2e.waiting import until

pytestmark = pytest.mark.enable_socket


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


async def test_a_spent_budget_raises_with_the_time_of_the_next() -> None:
    async with node(lambda _: result(1)) as url, open_rpc([Secret(url)], PoolConfig(per_day=3)) as rpc:
        for number in range(3):
            await rpc.call("getBlock", [number])
        with pytest.raises(NodeUnavailable) as caught:
            await rpc.call("getBlock", [9], seconds=1)
        assert caught.value.retry_after is not None
        assert caught.value.retry_after > 80_000
        (statistics,) = rpc.statistics().values()
    assert "3 of 3 today" in statistics


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


def batch(requests: Any) -> web.Response:
    answers = [{"jsonrpc": "2.0", "id": one["id"], "result": one["params"][0]} for one in requests]
    return web.Response(body=msgspec.json.encode(answers[::-1]))


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


async def test_who_waits_for_what_another_asked_waits_for_his_own_time() -> None:
    async with node(lambda _: result(1), seconds=0.5) as url, open_rpc([Secret(url)]) as rpc:
        for order in ((9.0, 0.1), (0.1, 9.0)):
            calls = [rpc.call("getSlot", seconds=seconds) for seconds in order]
            by_time = dict(zip(order, await asyncio.gather(*calls, return_exceptions=True), strict=True))
            assert by_time[9.0] == msgspec.Raw(b"1")
            assert isinstance(by_time[0.1], NodeUnavailable)


async def test_a_wait_that_a_batch_is_asked_for_is_kept_to() -> None:
    limited = iter([error(-32005, "Too many requests", status=429, retry_after="1")])
    async with (
        counting(lambda requests: next(limited, None) or batch(requests)) as (url, asked),
        open_rpc([Secret(url)], PoolConfig(batch=10)) as rpc,
    ):
        began = monotonic()
        answers = await rpc.call_many("getTransaction", [[number] for number in range(5)])
        assert monotonic() - began >= 1
    assert [msgspec.json.decode(one) for one in answers if not isinstance(one, Exception)] == list(range(5))
    assert len(asked) == 2


async def test_a_wait_that_one_answer_within_a_batch_asks_for_is_kept_to_before_it_is_asked_alone() -> None:
    def answer(requests: Any) -> web.Response:
        if not isinstance(requests, list):
            return result(requests["params"][0])
        answers = [
            {"id": one["id"], "error": {"code": 429, "message": "slow down"}}
            if one["params"][0] == 1
            else {"id": one["id"], "result": one["params"][0]}
            for one in requests
        ]
        return web.Response(body=msgspec.json.encode(answers), headers={"Retry-After": "1"})

    async with node(answer) as url, open_rpc([Secret(url)], PoolConfig(batch=10)) as rpc:
        began = monotonic()
        answers = await rpc.call_many("getTransaction", [[number] for number in range(3)])
        assert monotonic() - began >= 1
    assert [msgspec.json.decode(one) for one in answers if not isinstance(one, Exception)] == [0, 1, 2]


async def test_a_method_that_a_node_refuses_within_a_batch_is_asked_of_the_next() -> None:
    def refuse(requests: Any) -> web.Response:
        if not isinstance(requests, list):
            return error(-32601, "Method not found")
        answers = [{"id": one["id"], "error": {"code": -32601, "message": "no"}} for one in requests]
        return web.Response(body=msgspec.json.encode(answers))

    async with (
        counting(refuse) as (first, asked),
        node(lambda request: result(request["params"][0])) as second,
        open_rpc([Secret(first), Secret(second)], PoolConfig(batch=10)) as rpc,
    ):
        answers = await rpc.call_many("getTransaction", [[number] for number in range(3)])
    assert [msgspec.json.decode(one) for one in answers if not isinstance(one, Exception)] == [0, 1, 2]
    assert len(asked) == 1
