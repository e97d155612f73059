"""The pool's manners: rates, budgets, equal questions, and what it says of lagging nodes."""

import asyncio

import pytest

from chain.rpc.config import PoolConfig
from chain.rpc.pool import open_rpc
from domain.errors import NodeUnavailable
from runtime.clock import monotonic
from runtime.settings.secret import Secret
from tests.chain.nodes import counting, node, result
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
