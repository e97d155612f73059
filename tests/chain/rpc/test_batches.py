"""Many questions of one method: in batches where they are taken, else one by one."""

from typing import Any

import msgspec
import pytest
from aiohttp import web

from chain.rpc.config import PoolConfig
from chain.rpc.errors import NodeFault, Rejected
from chain.rpc.pool import open_rpc
from runtime.clock import monotonic
from runtime.settings.secret import Secret
from tests.chain.nodes import counting, error, node, result

pytestmark = pytest.mark.enable_socket


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
