"""The scanner as it is wired, on a local chain that misbehaves in every way it can."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from domain.errors import Misconfigured
from runtime.processes.lifecycle import Stop
from sandbox.actors.simulation import Simulation
from sandbox.chain.config import ChainConfig
from sandbox.chain.faults import Fault, Faults
from sandbox.chain.server import SandboxChain
from scanner.wiring import scan
from storage.coordination.instances import instances
from storage.market.tokens import tokens
from storage.postgres import Database
from tests.scanner.world import (
    CHAIN,
    Whale,
    follow,
    follow_all,
    follow_and_say_so,
    scanning,
    second_node,
    settings_for,
    stored,
    until,
    until_cursor,
    until_stored,
)

pytestmark = pytest.mark.services

EVERY_SOURCE = ("transactions", "logs", "blocks")


@pytest.mark.parametrize("source", EVERY_SOURCE)
async def test_all_that_a_whale_does_is_stored_once_by(
    source: str, chain: SandboxChain, database: Database, postgres_url: str, valkey_url: str
) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    settings = settings_for(
        [chain.rpc_url], [chain.ws_url], database=postgres_url, redis=valkey_url, SCANNER_SOURCE=source
    )
    async with scanning(settings):
        await until_cursor(database, 1)
        for _ in range(5):
            whale.trade(6)
            await asyncio.sleep(0.05)
        await until_stored(database, whale)
        await until_cursor(database, chain.api.slot)
    assert await stored(database, whale) == whale.landed
    assert await database.fetchval("SELECT count(*) FROM alerts") in (30, 31)  # with or without the funding


async def test_the_heartbeat_tells_how_it_is_and_ends_with_the_process(
    chain: SandboxChain, database: Database, postgres_url: str, valkey_url: str
) -> None:
    await follow(database, Whale(chain).address)
    settings = settings_for([chain.rpc_url], [chain.ws_url], database=postgres_url, redis=valkey_url)
    async with scanning(settings):

        async def says_how_it_is() -> bool:
            """Not the first heartbeat, which says only that it waits for a node."""
            return any("wallets" in instance.detail for instance in await instances(database))

        await until(says_how_it_is)
        (alive,) = await instances(database)
        assert (alive.program, alive.instance_id) == ("scanner", "scanner-1")
        assert alive.detail["wallets"] == 1
    assert await instances(database) == []


async def test_a_scanner_that_still_waits_for_a_node_leaves_in_order(
    database: Database, postgres_url: str, valkey_url: str
) -> None:
    settings = settings_for(
        ["http://127.0.0.1:9"], ["ws://127.0.0.1:9"], database=postgres_url, redis=valkey_url
    )
    async with scanning(settings):

        async def beats() -> bool:
            return bool(await instances(database))

        await until(beats)
    assert await instances(database) == []


FAULTS: dict[str, dict[str, Any]] = {
    "dropped notifications": {"fault": "drop", "times": None, "methods": ("transactionSubscribe",)},
    "repeated notifications": {"fault": "duplicate", "times": None},
    "late notifications": {"fault": "delay", "times": None, "seconds": 0.5},
    "notifications out of order": {"fault": "reorder", "times": 20},
    "silent sockets": {"fault": "stall_socket", "times": None},
    "cut connections": {"fault": "disconnect", "times": None},
    "connections cut for lagging": {"fault": "disconnect_lagging", "times": 5},
    "skipped slots": {"fault": "skip_slot", "times": 8},
    "429": {"fault": "rate_limit", "times": 2, "seconds": 1},
    "5xx": {"fault": "server_error", "times": 5},
    "HTML": {"fault": "html", "times": 5},
    "cut JSON": {"fault": "cut_json", "times": 5},
    "a lagging node": {"fault": "lag", "times": 20, "slots": 5},
    "a node that calls blocks skipped": {"fault": "lying", "times": 5},
    "a fork that dies": {"fault": "fork", "times": 1, "reland": True},
}


@pytest.mark.parametrize("name", FAULTS)
async def test_nothing_is_lost_or_doubled_by(
    name: str, chain: SandboxChain, database: Database, postgres_url: str, valkey_url: str
) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    settings = settings_for([chain.rpc_url], [chain.ws_url], database=postgres_url, redis=valkey_url)
    async with scanning(settings):
        await until_cursor(database, 1)
        chain.faults.add(Fault(**FAULTS[name]))
        for _ in range(8):
            whale.trade(3)
            await asyncio.sleep(0.05)
        await until_stored(database, whale)
        chain.faults.clear()
        await until_cursor(database, chain.api.slot)
    assert await stored(database, whale) == whale.landed


async def test_a_lying_node_is_found_out_and_an_honest_one_asked(
    chain: SandboxChain, database: Database, postgres_url: str, valkey_url: str
) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    lies = Faults()
    lies.add(Fault(fault="lying", times=None))
    async with second_node(chain, lies) as liar:
        settings = settings_for(
            [liar, chain.rpc_url],
            [chain.ws_url],
            database=postgres_url,
            redis=valkey_url,
            SCANNER_SOURCE="blocks",
        )
        async with scanning(settings):
            await until_cursor(database, 1)
            whale.trade(5)
            await until_stored(database, whale)
    assert await database.fetchval("SELECT count(*) FROM quarantine") == 0


async def test_a_wallet_followed_during_a_burst_is_missed_in_no_later_block(
    chain: SandboxChain, database: Database, postgres_url: str, valkey_url: str
) -> None:
    other, whale = Whale(chain, 1), Whale(chain, 2)
    await follow(database, other.address)
    settings = settings_for([chain.rpc_url], [chain.ws_url], database=postgres_url, redis=valkey_url)
    async with scanning(settings):
        await until_cursor(database, 1)
        for round_number in range(10):
            other.trade(5)
            if round_number == 5:
                await follow_and_say_so(database, whale.address, valkey_url)
            if round_number >= 5:
                whale.trade(5)
            await asyncio.sleep(0.05)
        await until_stored(database, whale)
        await until_stored(database, other)


async def test_a_wallet_followed_without_any_wake_up_is_missed_in_no_later_block(
    chain: SandboxChain, database: Database, postgres_url: str, valkey_url: str
) -> None:
    whale = Whale(chain)
    settings = settings_for(
        [chain.rpc_url], [chain.ws_url], database=postgres_url, redis=valkey_url, SCANNER_SOURCE="blocks"
    )
    async with scanning(settings):
        await until_cursor(database, chain.api.slot - 5)
        await follow(database, whale.address)
        whale.trade(1)
        await until_stored(database, whale)


async def test_a_node_without_transactions_is_asked_for_logs(
    database: Database, postgres_url: str, valkey_url: str
) -> None:
    async with SandboxChain(ChainConfig(slot_seconds=0.1, provider="agave")) as chain:
        whale = Whale(chain)
        await follow(database, whale.address)
        settings = settings_for([chain.rpc_url], [chain.ws_url], database=postgres_url, redis=valkey_url)
        async with scanning(settings):
            await until_cursor(database, 1)
            whale.trade(10)
            await until_stored(database, whale)


async def test_what_happened_while_it_was_down_is_found_at_the_next_start(
    chain: SandboxChain, database: Database, postgres_url: str, valkey_url: str
) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    settings = settings_for([chain.rpc_url], [chain.ws_url], database=postgres_url, redis=valkey_url)
    async with scanning(settings):
        await until_cursor(database, 1)
    whale.trade(20)
    for _ in range(40):
        await chain.step()
    whale.trade(5)
    async with scanning(settings):
        await until_stored(database, whale)


async def test_it_refuses_another_chain_under_the_same_name(
    chain: SandboxChain, database: Database, postgres_url: str, valkey_url: str
) -> None:
    await database.execute("INSERT INTO chains (chain, genesis) VALUES ($1, 'another')", CHAIN)
    settings = settings_for([chain.rpc_url], [chain.ws_url], database=postgres_url, redis=valkey_url)
    with pytest.raises(Misconfigured, match="RPC_URLS lead to a chain"):
        await scan(settings, Stop())


async def test_a_token_seen_for_the_first_time_is_remembered_with_what_the_chain_says_of_it(
    database: Database, postgres_url: str, valkey_url: str
) -> None:
    simulation = Simulation(active=False)
    async with SandboxChain(ChainConfig(slot_seconds=0.05, residents=simulation)) as chain:
        simulation.set_up(chain.chain)
        whale, token = simulation.whales[0], simulation.tokens[0]
        await follow(database, whale.address)
        settings = settings_for([chain.rpc_url], [chain.ws_url], database=postgres_url, redis=valkey_url)
        async with scanning(settings):
            await until_cursor(database, chain.api.slot - 5)
            operation = simulation.buy(whale, token, 10**9)

            async def known() -> bool:
                return str(token.mint) in await tokens(database, chain=CHAIN, mints=[str(token.mint)])

            await until(known)
    found = (await tokens(database, chain=CHAIN, mints=[str(token.mint)]))[str(token.mint)]
    assert (found.symbol, found.decimals) == (token.symbol, token.decimals)
    kind = await database.fetchval("SELECT kind FROM activities WHERE signature = $1", operation.signature)
    assert kind == operation.kind


async def test_a_busy_simulation_comes_out_as_its_journal_says(
    database: Database, postgres_url: str, valkey_url: str
) -> None:
    simulation = Simulation()
    async with SandboxChain(ChainConfig(slot_seconds=0.05, residents=simulation)) as chain:
        simulation.pause()
        simulation.set_up(chain.chain)
        await follow_all(database, [whale.address for whale in simulation.whales])
        settings = settings_for([chain.rpc_url], [chain.ws_url], database=postgres_url, redis=valkey_url)
        async with scanning(settings):
            await until_cursor(database, chain.api.slot)
            before = len(simulation.journal)
            simulation.resume()
            await until(lambda: len(simulation.journal) > before + 12)
            simulation.pause()
            await until_cursor(database, chain.api.slot + 1)
    journaled = {
        (operation.signature, operation.wallet)
        for operation in list(simulation.journal)[before:]
        if not operation.failed
    }
    rows = await database.fetch("SELECT signature, wallet FROM activities")
    assert journaled <= {(row["signature"], row["wallet"]) for row in rows}


async def test_two_scanners_of_one_database_store_everything_once(
    chain: SandboxChain, database: Database, postgres_url: str, valkey_url: str
) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    settings = settings_for([chain.rpc_url], [chain.ws_url], database=postgres_url, redis=valkey_url)
    async with scanning(settings), scanning(replace(settings, instance_id="scanner-2")):
        await until_cursor(database, 1)
        for _ in range(10):
            whale.trade(3)
            await asyncio.sleep(0.05)
        await until_stored(database, whale)
    assert await database.fetchval("SELECT count(*) FROM alerts") in (30, 31)  # with or without the funding


async def test_postgresql_that_cuts_every_connection_loses_nothing(
    chain: SandboxChain, database: Database, postgres_url: str, valkey_url: str
) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    settings = settings_for([chain.rpc_url], [chain.ws_url], database=postgres_url, redis=valkey_url)
    async with scanning(settings):
        await until_cursor(database, 1)
        for _ in range(10):
            whale.trade(3)
            await database.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            await asyncio.sleep(0.05)
        await until_stored(database, whale)


async def test_without_redis_everything_is_stored_all_the_same(
    chain: SandboxChain, database: Database, postgres_url: str
) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    settings = settings_for(
        [chain.rpc_url], [chain.ws_url], database=postgres_url, redis="redis://127.0.0.1:9/0"
    )
    async with scanning(settings):
        await until_cursor(database, 1)
        whale.trade(5)
        await until_stored(database, whale)
