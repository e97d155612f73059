"""Scenarios D: what Solana, its nodes and their sockets do wrong, each by its number."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.observability.metrics import ingest_reconnects, rpc_breaker_state
from runtime.settings.loading import load_settings
from sandbox.chain.config import ChainConfig
from sandbox.chain.faults import Fault, Faults
from sandbox.chain.server import SandboxChain
from scanner.reconcile.block_fetcher import MissingBlock
from storage.chats.watches import remove_watch
from storage.ingest.cursors import read_cursor
from tests.scanner.reconcile.slots import ReadBlock, covered
from tests.scanner.world import (
    ALICE,
    CHAIN,
    Whale,
    follow,
    follow_and_say_so,
    scanning,
    second_node,
    stored,
    until,
    until_cursor,
)
from tests.scenarios.scanner_processes import ScannerTestbed
from tests.scenarios.watched_whale import act, until_alerted_once, watching

pytestmark = pytest.mark.services

API_KEY = "fd1b6a4f-4ad0-4c22-9a70-6f1a5c1d2e3f"
FAULTS: dict[str, dict[str, Any]] = {
    "36 notifications dropped": {"fault": "drop", "times": None},
    "37 notifications five times": {"fault": "duplicate", "times": None},
    "40 cut as lagging": {"fault": "disconnect_lagging", "times": 4},
    "41 skipped slots": {"fault": "skip_slot", "times": 10},
    "46 a fork that dies and lands again": {"fault": "fork", "times": 1, "reland": True},
    "46 a fork that dies": {"fault": "fork", "times": 1},
    "48 429": {"fault": "rate_limit", "times": 3, "seconds": 1},
    "48 HTML": {"fault": "html", "times": 6},
    "48 half JSON": {"fault": "cut_json", "times": 6},
    "48 5xx": {"fault": "server_error", "times": 6},
    "48 401 for a while": {"fault": "unauthorized", "times": 3},
    "50 a node that jumps back": {"fault": "lag", "times": 15, "slots": 30},
}


SUBSCRIPTION_METHODS = {
    "auto": {"SCANNER_SOURCE": "auto"},
    "blocks": {"SCANNER_SOURCE": "blocks"},
    "signatures": {"SCANNER_SOURCE": "logs", "RECONCILE": "signatures", "RECONCILE_SECONDS": "1"},
}


@pytest.mark.parametrize("method", SUBSCRIPTION_METHODS)
@pytest.mark.parametrize("name", FAULTS)
async def test_scenario(name: str, method: str, testbed: ScannerTestbed) -> None:
    async with watching(testbed, **SUBSCRIPTION_METHODS[method]) as whale:
        testbed.chain.faults.add(Fault(**FAULTS[name]))
        await act(whale)
        testbed.chain.faults.clear()


async def test_scenario_37_the_same_notification_six_times_from_three_providers_is_one_alert(
    testbed: ScannerTestbed,
) -> None:
    async with second_node(testbed.chain, Faults()) as other:
        urls = {
            "RPC_URLS": f"{testbed.chain.rpc_url},{other},{other}",
            "WS_URLS": ",".join([testbed.chain.ws_url] * 3),
        }
        testbed.chain.faults.add(Fault(fault="duplicate", times=None))
        async with watching(testbed, **urls) as whale:
            await act(whale)


async def test_scenario_38_a_silent_socket_is_left_after_ten_seconds_and_the_gap_filled(
    testbed: ScannerTestbed,
) -> None:
    async with watching(testbed, SCANNER_SOURCE="auto") as whale:
        before = ingest_reconnects.labels("stream")._value.get()
        testbed.chain.faults.add(Fault(fault="stall_socket", times=1))
        await act(whale, 3)
        await until_alerted_once(testbed, whale)
        await until(lambda: ingest_reconnects.labels("stream")._value.get() > before, 13)
        await act(whale, 3)


async def test_scenario_39_a_server_that_closes_again_and_again_costs_nothing_and_leaks_nothing(
    testbed: ScannerTestbed,
) -> None:
    subscriptions = testbed.chain._sockets._subscriptions
    async with watching(testbed) as whale:
        await act(whale, 2)
        await until_alerted_once(testbed, whale)
        before = len(subscriptions)
        for _ in range(4):
            testbed.chain.faults.add(Fault(fault="disconnect", times=1))
            await act(whale, 4, pause=0.1)
        testbed.chain.faults.clear()
        await until(lambda: len(subscriptions) == before)
        await act(whale, 4)
        await until_alerted_once(testbed, whale)
        assert len(subscriptions) == before


BAD: dict[str, dict[str, Any]] = {
    "429": {"fault": "rate_limit", "seconds": 5},
    "401": {"fault": "unauthorized"},
    "403": {"fault": "forbidden"},
    "5xx": {"fault": "server_error"},
    "HTML": {"fault": "html"},
    "half JSON": {"fault": "cut_json"},
    "a stall": {"fault": "stall_answer", "seconds": 12},
}


@pytest.mark.parametrize("bad", BAD)
async def test_scenario_48_the_next_provider_steps_in_and_no_key_is_revealed(
    bad: str, testbed: ScannerTestbed, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    faults = Faults()
    async with second_node(testbed.chain, faults) as failing:
        urls = f"{failing}/?api-key={API_KEY},{testbed.chain.rpc_url}"
        async with watching(
            testbed, RPC_URLS=urls, WS_URLS=testbed.chain.ws_url, SCANNER_SOURCE="blocks"
        ) as whale:
            faults.add(Fault(times=None, **BAD[bad]))
            await act(whale, 4)
            await until_alerted_once(testbed, whale)
            assert rpc_breaker_state.labels(failing.removeprefix("http://"))._value.get() > 0
            faults.clear()
    assert API_KEY not in caplog.text


async def test_scenario_41_a_lying_node_is_found_out(testbed: ScannerTestbed) -> None:
    lies = Faults()
    lies.add(Fault(fault="lying", times=None))
    async with second_node(testbed.chain, lies) as liar:
        urls = {"RPC_URLS": f"{liar},{testbed.chain.rpc_url}", "SCANNER_SOURCE": "blocks"}
        async with watching(testbed, **urls) as whale:
            await act(whale, 3)


ANSWERS = st.lists(
    st.tuples(st.booleans(), st.lists(st.booleans(), min_size=1, max_size=5)), min_size=1, max_size=60
)


@given(chain=ANSWERS, width=st.integers(1, 9))
def test_scenario_41_and_42_the_cursor_passes_no_block_whatever_nodes_say_at_each_look(
    chain: list[tuple[bool, list[bool]]], width: int
) -> None:
    """Each slot has a block or not, and at each check a node gives it or not; absence is said, or not yet."""
    produced = [slot for slot, (has_block, _) in enumerate(chain, 1) if has_block]
    parents = dict(zip(produced, [0, *produced], strict=False))
    cursor, had = 0, set[int]()
    for attempt in range(2 * len(chain)):
        slots: list[ReadBlock | MissingBlock] = []
        for slot in range(cursor + 1, min(len(chain), cursor + width) + 1):
            answers_now = chain[slot - 1][1][attempt % len(chain[slot - 1][1])]
            seen = slot in parents and answers_now
            slots.append(
                ReadBlock(slot, parents[slot])
                if seen
                else MissingBlock(slot=slot, reported_by="node" if attempt % 2 else "")
            )
        upto = covered(cursor, slots).upto
        assert upto >= cursor
        had |= {one.slot for one in slots if isinstance(one, ReadBlock) and one.slot <= upto}
        cursor = upto
        assert {slot for slot in produced if slot <= cursor} <= had


async def test_scenario_42_a_block_that_is_not_there_yet_is_waited_for(testbed: ScannerTestbed) -> None:
    """A finalized commitment asks for blocks that the node has, but not finalized yet."""
    async with watching(testbed, COMMITMENT="finalized", SCANNER_SOURCE="blocks") as whale:
        await act(whale, 3)


async def test_scenario_49_all_providers_down_and_back_loses_nothing(testbed: ScannerTestbed) -> None:
    async with watching(testbed) as whale:
        testbed.chain.faults.add(Fault(fault="server_error", times=None))
        testbed.chain.faults.add(Fault(fault="disconnect", times=None))
        await act(whale, 10, pause=0.2)
        testbed.chain.faults.clear()


async def test_scenario_50_a_node_far_behind_moves_no_cursor_back(testbed: ScannerTestbed) -> None:
    async with watching(testbed, SCANNER_SOURCE="blocks") as whale:
        await act(whale, 3)
        before = await read_cursor(testbed.database, chain=CHAIN, feed="blocks")
        testbed.chain.faults.add(Fault(fault="lag", times=None, slots=500))
        await asyncio.sleep(0.5)
        after = await read_cursor(testbed.database, chain=CHAIN, feed="blocks")
        assert before is not None
        assert after is not None
        assert after.slot >= before.slot
        testbed.chain.faults.clear()


async def test_scenario_51_alerts_follow_what_is_followed(testbed: ScannerTestbed, valkey_url: str) -> None:
    async with watching(testbed) as whale:
        other = Whale(testbed.chain, 2)
        await until_cursor(testbed.database, testbed.chain.api.slot)
        async with asyncio.TaskGroup() as group:
            group.create_task(act(whale, 20))
            await follow_and_say_so(testbed.database, other.address, valkey_url)
            other.trade(3)
            await until_alerted_once(testbed, other)
            await remove_watch(testbed.database, chat_id=ALICE, topic_id=0, chain=CHAIN, wallet=other.address)
            await asyncio.sleep(5.5)
            before = await stored(testbed.database, other)
            other.trade(3)
        await until_cursor(testbed.database, testbed.chain.api.slot)
        assert await stored(testbed.database, other) == before


async def test_scenario_55_a_plain_node_of_another_chain_is_polled_and_its_events_carry_the_chain(
    testbed: ScannerTestbed,
) -> None:
    config = ChainConfig(slot_seconds=0.05, provider="agave")
    async with SandboxChain(config) as x1:
        whale = Whale(x1)
        variables = testbed.variables(CHAIN="x1", RPC_URLS=x1.rpc_url, WS_URLS=x1.ws_url)
        await follow(testbed.database, whale.address, chain="x1")
        async with scanning(load_settings(variables)):
            await until_cursor(testbed.database, 1)
            whale.trade(3)
            await until_alerted_once(testbed, whale)
    chains = await testbed.database.fetch("SELECT DISTINCT chain FROM activities")
    assert [row["chain"] for row in chains] == ["x1"]
