"""Several providers as one: fail-over, rest, and no key in any word.
A slow provider and the next beside it.
One attempt at one provider: versions, and what it counts.
"""

from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web

from chain.rpc.blocks import block, current_slot
from chain.rpc.config import PoolConfig
from chain.rpc.errors import MethodRefused, NotYet, RateLimited, Refused, Rejected, Skipped
from chain.rpc.pool import open_rpc
from chain.rpc.provider_state import MAX_LIMITS
from domain.errors import NodeUnavailable
from runtime.clock import monotonic
from runtime.settings.secret import Secret
from sandbox.chain.config import ChainConfig
from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from tests.chain.nodes import counting, error, node, result

pytestmark = pytest.mark.enable_socket
FAULTS: dict[str, dict[str, Any]] = {
    "rate limit": {"fault": "rate_limit", "seconds": 60},
    "wrong key": {"fault": "unauthorized"},
    "missing plan": {"fault": "forbidden"},
    "server error": {"fault": "server_error"},
    "HTML page": {"fault": "html"},
    "half of a JSON text": {"fault": "cut_json"},
}


@pytest.mark.parametrize("name", FAULTS)
async def test_the_next_provider_answers_after_a(name: str) -> None:
    async with SandboxChain(ChainConfig(slot_seconds=None)) as bad, node(lambda _: result(77)) as good:
        bad.faults.add(Fault(times=None, **FAULTS[name]))
        async with open_rpc([Secret(bad.rpc_url), Secret(good)]) as rpc:
            assert await current_slot(rpc, commitment="confirmed") == 77


async def test_a_provider_that_failed_is_rested_and_then_asked_again() -> None:
    async with SandboxChain(ChainConfig(slot_seconds=None)) as first, node(lambda _: result(77)) as second:
        first.faults.add(Fault(fault="rate_limit", seconds=1))
        async with open_rpc([Secret(first.rpc_url), Secret(second)]) as rpc:
            assert await current_slot(rpc, commitment="processed") == 77
            assert await current_slot(rpc, commitment="processed") == 77  # the first rests
        assert first.faults.armed == []


async def test_a_lone_provider_is_asked_again_when_its_retry_after_is_over() -> None:
    async with SandboxChain(ChainConfig(slot_seconds=None)) as chain:
        chain.faults.add(Fault(fault="rate_limit", seconds=1))
        began = monotonic()
        async with open_rpc([Secret(chain.rpc_url)]) as rpc:
            assert await current_slot(rpc, commitment="processed") == 1_000
        assert monotonic() - began >= 1


async def test_it_does_not_wait_for_a_provider_that_rests_longer_than_the_caller_waits() -> None:
    async with SandboxChain(ChainConfig(slot_seconds=None)) as chain:
        chain.faults.add(Fault(fault="rate_limit", seconds=60))
        async with open_rpc([Secret(chain.rpc_url)]) as rpc:
            with pytest.raises(RateLimited) as caught:
                await rpc.call("getSlot", seconds=2)
            assert caught.value.retry_after == 60
            with pytest.raises(NodeUnavailable) as rested:
                await rpc.call("getSlot", seconds=2)
            assert rested.value.retry_after is not None


async def test_a_stalled_provider_is_left_in_time() -> None:
    async with SandboxChain(ChainConfig(slot_seconds=None)) as chain:
        chain.faults.add(Fault(fault="stall_answer", seconds=5, times=None))
        async with open_rpc([Secret(chain.rpc_url)]) as rpc:
            began = monotonic()
            with pytest.raises(NodeUnavailable):
                await rpc.call("getSlot", seconds=0.2)
            assert monotonic() - began < 2


async def test_a_refused_key_raises_at_once_and_is_never_shown() -> None:
    async with SandboxChain(ChainConfig(slot_seconds=None)) as chain:
        chain.faults.add(Fault(fault="unauthorized", times=None))
        url = chain.rpc_url.replace("http://", "http://user:PLANTED@") + "/?api-key=PLANTED"
        async with open_rpc([Secret(url)]) as rpc:
            with pytest.raises(Refused) as caught:
                await rpc.call("getSlot")
        assert "PLANTED" not in repr(caught.value)
        assert "127.0.0.1" in str(caught.value)


async def test_nobody_listening_is_an_error_without_the_address() -> None:
    async with open_rpc([Secret("http://127.0.0.1:9/PLANTED?api-key=PLANTED")]) as rpc:
        with pytest.raises(NodeUnavailable) as caught:
            await rpc.call("getSlot", seconds=0.5)
    assert "PLANTED" not in repr(caught.value)
    assert caught.value.__cause__ is None


async def test_not_yet_is_raised_only_after_all_were_asked() -> None:
    async with node(lambda _: error(-32004)) as behind, node(lambda _: result({})) as ahead:
        async with open_rpc([Secret(behind), Secret(ahead)]) as rpc:
            await block(rpc, 5, commitment="confirmed")
        async with open_rpc([Secret(behind), Secret(behind)]) as rpc:
            with pytest.raises(NotYet):
                await block(rpc, 5, commitment="confirmed")


async def test_who_calls_a_slot_skipped_is_named_and_can_be_left_out() -> None:
    async with (
        node(lambda _: error(-32007, "Slot 5 was skipped")) as liar,
        node(lambda _: result({})) as other,
        open_rpc([Secret(liar), Secret(other)]) as rpc,
    ):
        with pytest.raises(Skipped) as caught:
            await block(rpc, 5, commitment="confirmed")
        assert caught.value.provider == rpc.names[0]
        await block(rpc, 5, commitment="confirmed", avoid={caught.value.provider})


async def test_a_wrong_question_is_not_asked_elsewhere() -> None:
    async with counting(lambda _: error(-32602, "Invalid params")) as (url, asked):
        async with open_rpc([Secret(url)] * 2) as rpc:
            with pytest.raises(Rejected) as caught:
                await rpc.call("getSlot", ["nonsense"])
        assert caught.value.code == -32602
        assert len(asked) == 1


async def test_a_method_that_no_node_has_is_refused_with_its_code() -> None:
    async with SandboxChain(ChainConfig(slot_seconds=None)) as chain:
        async with open_rpc([Secret(chain.rpc_url)] * 2) as rpc:
            with pytest.raises(MethodRefused) as caught:
                await rpc.call("getNothing")
        assert caught.value.code == -32601


def lacks(method: str, refusal: Callable[[], web.Response]) -> Callable[[dict[str, Any]], web.Response]:
    """A node that refuses one method and answers 1 to all others."""
    return lambda request: refusal() if request["method"] == method else result(1)


REFUSALS: dict[str, Callable[[], web.Response]] = {
    "method not found": lambda: error(-32601, "Method not found"),
    "gone": lambda: web.Response(status=410, text="this method is disabled"),
    "gone with a JSON-RPC error": lambda: error(-32000, "disabled", status=410),
}


@pytest.mark.parametrize("name", REFUSALS)
async def test_a_refused_method_is_asked_of_the_next_node_and_other_methods_go_on_at_the_first(
    name: str,
) -> None:
    async with (
        counting(lacks("getBlocks", REFUSALS[name])) as (first, asked),
        counting(lambda _: result(2)) as (second, asked_elsewhere),
        open_rpc([Secret(first), Secret(second)]) as rpc,
    ):
        for number in range(3):
            assert bytes(await rpc.call("getBlocks", [number])) == b"2"
        assert [request["method"] for request in asked] == ["getBlocks"]
        assert len(asked_elsewhere) == 3
        assert bytes(await rpc.call("getSlot")) == b"1"


async def test_a_method_that_all_nodes_refuse_is_refused_at_once_and_not_asked_again_and_again() -> None:
    refusal = lacks("getBlocks", REFUSALS["method not found"])
    async with counting(refusal) as (url, asked), open_rpc([Secret(url)] * 2) as rpc:
        for number in range(5):
            began = monotonic()
            with pytest.raises(MethodRefused):
                await rpc.call("getBlocks", [number])
            assert monotonic() - began < 1
        assert len(asked) == 2
        assert bytes(await rpc.call("getSlot")) == b"1"


async def test_who_refuses_a_method_does_not_end_the_wait_for_a_node_that_offers_it() -> None:
    answers = iter([error(429, status=429, retry_after="0.3"), result(2)])
    async with (
        node(lacks("getBlocks", REFUSALS["gone"])) as refuses,
        node(lambda _: next(answers)) as limits,
        open_rpc([Secret(refuses), Secret(limits)]) as rpc,
    ):
        assert bytes(await rpc.call("getBlocks")) == b"2"


async def test_a_rate_limit_that_never_clears_rests_its_method_and_not_the_node() -> None:
    refusal = lacks("getBlocks", lambda: error(-32005, "limited", status=429, retry_after="0"))
    async with (
        counting(refusal) as (first, asked),
        node(lambda _: result(2)) as second,
        open_rpc([Secret(first), Secret(second)]) as rpc,
    ):
        for number in range(10):
            assert bytes(await rpc.call("getBlocks", [number])) == b"2"
            assert bytes(await rpc.call("getSlot", [number])) == b"1"
        assert [request["method"] for request in asked].count("getBlocks") == MAX_LIMITS
        assert "refuses getBlocks" in repr(rpc.statistics())


async def test_a_wait_in_a_429_with_a_json_rpc_error_is_kept_to() -> None:
    answers = iter([error(-32005, "Too many requests", status=429, retry_after="1"), result(5)])
    async with node(lambda _: next(answers)) as url, open_rpc([Secret(url)]) as rpc:
        began = monotonic()
        assert bytes(await rpc.call("getSlot")) == b"5"
        assert monotonic() - began >= 1


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


async def test_a_newer_transaction_version_is_asked_for_from_then_on() -> None:
    asked: list[int] = []

    def answer(request: dict[str, Any]) -> web.Response:
        asked.append(request["params"][1]["maxSupportedTransactionVersion"])
        if asked[-1] < 2:
            return error(-32015, 'Try again with "maxSupportedTransactionVersion": 2')
        return result({"parentSlot": 1})

    async with node(answer) as url, open_rpc([Secret(url)]) as rpc:
        await block(rpc, 5, commitment="confirmed")
        await block(rpc, 6, commitment="confirmed")
        assert rpc.transaction_version == 2
    assert asked == [1, 2, 2]
