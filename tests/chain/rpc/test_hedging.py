"""A slow provider and the next beside it."""

import pytest

from chain.rpc.config import PoolConfig
from chain.rpc.pool import open_rpc
from runtime.clock import monotonic
from runtime.settings.secret import Secret
from sandbox.chain.config import ChainConfig
from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from tests.chain.nodes import counting, node, result

pytestmark = pytest.mark.enable_socket


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
