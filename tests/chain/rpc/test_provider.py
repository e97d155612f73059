"""A provider: its name without a key, and how long it rests after what.
The connections to one provider: so many at once, and no key in what is said of them.
"""

import asyncio

import pytest
from aiohttp import web

from chain.rpc.config import PoolConfig
from chain.rpc.errors import MethodRefused, NotYet, RateLimited, UnusableAnswer
from chain.rpc.pool import open_rpc
from chain.rpc.provider import Provider, open_providers
from runtime.clock import monotonic
from runtime.settings.secret import Secret
from sandbox.chain.config import ChainConfig
from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from tests.chain.nodes import result


def test_a_provider_is_named_by_its_host_alone() -> None:
    url = Secret("https://user:pw@rpc.example.org/v2/KEY?api-key=KEY")
    assert "KEY" not in repr(open_providers([url]))


def test_two_plans_of_one_provider_have_two_names() -> None:
    urls = [Secret("https://a.example/1"), Secret("https://a.example/2"), Secret("https://b.example")]
    assert [p.name for p in open_providers(urls)] == ["a.example", "a.example#2", "b.example"]


def test_a_rest_is_as_long_as_it_was_asked_for_and_else_grows() -> None:
    provider = Provider("node", Secret("http://node"))
    assert provider.wait() == 0
    provider.failed("getSlot", RateLimited("429", provider="node", retry_after=9.0))
    assert 8 < provider.wait() <= 9
    other = Provider("other", Secret("http://other"))
    for _ in range(10):
        other.failed("getSlot", UnusableAnswer("cut", provider="other"))
    assert 15 <= other.wait() <= 30


def test_many_questions_that_fail_together_are_one_trouble() -> None:
    provider, began = Provider("node", Secret("http://node")), monotonic()
    for _ in range(10):
        provider.failed("getSlot", UnusableAnswer("cut", provider="node"), began=began)
    assert provider.wait() <= 0.5
    provider.failed("getSlot", UnusableAnswer("cut again", provider="node"), began=monotonic())
    assert 0.5 <= provider.wait() <= 1
    assert provider.failures == 11


def test_not_yet_is_no_reason_to_rest() -> None:
    provider = Provider("node", Secret("http://node"))
    provider.failed("getBlock", NotYet("soon", provider="node"))
    assert provider.wait() == 0
    assert provider.wait("getBlock") == 0


def test_operators_are_shown_which_methods_it_refuses() -> None:
    provider = Provider("node", Secret("http://node"))
    provider.failed("getBlocks", MethodRefused("Method not found", provider="node", code=-32601))
    assert provider.describe(0).endswith("refuses getBlocks")
    assert "rests" not in provider.describe(0)


@pytest.mark.enable_socket
async def test_it_tells_how_many_connections_are_in_use_and_no_key() -> None:
    async with SandboxChain(ChainConfig(slot_seconds=None)) as chain:
        chain.faults.add(Fault(fault="stall_answer", seconds=0.5, times=None))
        url = Secret(f"{chain.rpc_url}/?api-key=PLANTED")
        async with open_rpc([url]) as rpc, asyncio.TaskGroup() as group:
            for commitment in ("processed", "confirmed", "finalized"):
                group.create_task(rpc.call("getSlot", [{"commitment": commitment}]))
            await asyncio.sleep(0.2)
            (statistics,) = rpc.statistics().values()
    assert statistics.startswith("3/10 in use, 3 asked")
    assert "PLANTED" not in repr(rpc.statistics())


@pytest.mark.enable_socket
async def test_no_more_connections_than_allowed_are_used_at_once() -> None:
    at_once, highest_count = 0, 0

    async def post(request: web.Request) -> web.Response:
        nonlocal at_once, highest_count
        at_once += 1
        highest_count = max(highest_count, at_once)
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
    assert highest_count == 4
