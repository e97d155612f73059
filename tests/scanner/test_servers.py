"""What a scanner stands on is opened at once; only PostgreSQL has to answer.
One name, one chain.
"""

import asyncio

import pytest

from chain.rpc.pool import open_rpc
from domain.errors import DatabaseUnavailable, Misconfigured
from runtime.embedded.ports import free_port
from runtime.processes.lifecycle import Stop
from runtime.settings.secret import Secret
from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from scanner.health import waiting_heartbeat
from scanner.servers import check_chain, open_servers, wait_for_check
from storage.coordination.instances import instances
from storage.postgres import Database
from tests.sandbox.chain.wallets import by_hand
from tests.scanner.world import settings_for, until

NOBODY = "redis://127.0.0.1:1/0"


@pytest.mark.services
async def test_redis_and_the_nodes_may_answer_later(postgres_url: str) -> None:
    settings = settings_for(["http://127.0.0.1:9"], [], database=postgres_url, redis=NOBODY)
    async with open_servers(settings) as servers:
        assert await servers.database.fetchval("SELECT 1") == 1
        assert servers.rpc.names == ("127.0.0.1:9",)


@pytest.mark.enable_socket
async def test_postgresql_has_to_answer() -> None:
    settings = settings_for(["http://127.0.0.1:9"], [], database="postgresql://127.0.0.1:1/x", redis=NOBODY)
    with pytest.raises(DatabaseUnavailable):
        async with open_servers(settings):
            pytest.fail("it opened")


@pytest.mark.services
async def test_the_chain_of_the_first_start_is_the_one_it_stays(database: Database) -> None:
    async with SandboxChain(by_hand(seed=1)) as chain, open_rpc([Secret(chain.rpc_url)]) as rpc:
        await check_chain(rpc, database, chain="solana")
        await check_chain(rpc, database, chain="solana")
    async with SandboxChain(by_hand(seed=2)) as other, open_rpc([Secret(other.rpc_url)]) as rpc:
        with pytest.raises(Misconfigured, match="CHAIN=solana"):
            await check_chain(rpc, database, chain="solana")
        with pytest.raises(Misconfigured, match="CHAIN=solana"):
            await wait_for_check(rpc, database, Stop(), chain="solana")
        await check_chain(rpc, database, chain="x1")


@pytest.mark.services
async def test_nodes_that_do_not_answer_at_the_start_are_asked_until_one_does(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    stop = Stop()
    async with SandboxChain(by_hand(seed=1)) as chain, open_rpc([Secret(chain.rpc_url)]) as rpc:
        chain.faults.add(Fault(fault="html", times=None))
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(wait_for_check(rpc, database, stop, chain="solana"))
            await until(lambda: "No node says which chain" in caplog.text)
            chain.faults.clear()
            async with asyncio.timeout(10):
                assert await asking


@pytest.mark.services
async def test_while_no_node_answers_operators_see_why(
    database: Database, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chain.rpc.provider_state.LASTING_SECONDS", 0.0)
    stop = Stop()
    async with open_rpc([Secret(f"http://127.0.0.1:{free_port()}")]) as rpc:
        heartbeat = waiting_heartbeat(database, rpc, instance_id="scanner-1")
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            asking = group.create_task(
                wait_for_check(rpc, database, stop, chain="solana", heartbeat=heartbeat)
            )
            await until(lambda: "check RPC_URLS: " in caplog.text)
            stop.set()
            assert not await asking
        (known,) = await instances(database)
        assert known.detail["assignment"] == "waits for a node"
        (trouble,) = rpc.problems().values()
    assert trouble.startswith("no answer: connection refused, since ")
    assert trouble.endswith("; check RPC_URLS, and whether the node is up")


@pytest.mark.services
async def test_a_stop_ends_the_asking_even_of_a_node_that_says_nothing(database: Database) -> None:
    stop = Stop()
    async with SandboxChain(by_hand(seed=1)) as chain, open_rpc([Secret(chain.rpc_url)]) as rpc:
        chain.faults.add(Fault(fault="stall_answer", seconds=30, times=None))
        async with asyncio.timeout(3), asyncio.TaskGroup() as group:
            asking = group.create_task(wait_for_check(rpc, database, stop, chain="solana"))
            await asyncio.sleep(0.2)  # it asks
            stop.set()
            assert not await asking
