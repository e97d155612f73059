"""The connections to one provider: so many at once, and no key in what is said of them."""

import asyncio

import pytest
from aiohttp import web

from chain.rpc.config import PoolConfig
from chain.rpc.pool import open_rpc
from runtime.settings.secret import Secret
from sandbox.chain.config import ChainConfig
from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from tests.chain.nodes import result

pytestmark = pytest.mark.enable_socket


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
