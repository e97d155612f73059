"""Scenario 51: from when on, and until when, a watch is announced; also where rounds find things late."""

from typing import Any

import pytest

from domain.activity.activity import Activity
from domain.rules.decisions import Gate, decide
from runtime.settings.loading import load_settings
from sandbox.chain.faults import Fault
from storage.chats.watches import remove_watch
from storage.delivery.fan_out import fan_out_next
from storage.delivery.open_alerts import Alert
from storage.ingest.heads import read_head
from storage.postgres import Database
from tests.scanner.world import ALICE, CHAIN, Whale, follow, scanning, until, until_cursor
from tests.scenarios.node_requests import is_stored, publish_watch_change, slots
from tests.scenarios.scanner_processes import ScannerTestbed

pytestmark = pytest.mark.services

BOB = 1002


async def alerts_of(database: Database, chat_id: int) -> dict[str, str]:
    """Return what was decided for a chat: the gate by signature."""
    while await fan_out_next(database, _decide) is not None:
        pass
    rows = await database.fetch(
        "SELECT gate, payload ->> 'signature' AS signature FROM deliveries JOIN alerts USING (alert_id)"
        " WHERE chat_id = $1",
        chat_id,
    )
    return {row["signature"]: row["gate"] for row in rows}


def _decide(watch: Any, alert: Alert) -> Any:
    assert isinstance(alert.event, Activity)
    return decide(watch, alert.event, seen_at=alert.created_at, now=alert.now)


PASSES = {"SCANNER_SOURCE": "logs", "RECONCILE": "signatures", "RECONCILE_SECONDS": "4"}


@pytest.mark.parametrize("alice", ["follows it too", "does not follow it"])
async def test_scenario_51_a_new_watch_gets_nothing_from_before_it_though_a_later_pass_finds_it(
    alice: str, testbed: ScannerTestbed, valkey_url: str
) -> None:
    """Notifications are lost, so that the round alone finds what happened before the watch and after it."""
    testbed.chain.faults.add(Fault(fault="drop", times=None, methods=("logsSubscribe",)))
    whale, other = Whale(testbed.chain), Whale(testbed.chain, 2)
    await follow(testbed.database, other.address)
    if alice == "follows it too":
        await follow(testbed.database, whale.address)
    async with scanning(load_settings(testbed.variables(**PASSES))):
        await until_cursor(testbed.database, testbed.chain.api.slot)
        before = whale.trade(2)
        confirmed = testbed.chain.api.slot + 1

        async def is_alerted() -> bool:
            return (await read_head(testbed.database, chain=CHAIN) or 0) >= confirmed

        await until(is_alerted)
        await follow(testbed.database, whale.address, chat_id=BOB)
        await publish_watch_change(valkey_url)
        after = whale.trade(2)
        await until(lambda: is_stored(testbed.database, whale, after[-1]))
        gates = await alerts_of(testbed.database, BOB)
    assert [gates[signature] for signature in after] == [Gate.WANTED, Gate.WANTED]
    assert [gates.get(signature, Gate.BEFORE_WATCH) for signature in before] == [Gate.BEFORE_WATCH] * 2
    gates = await alerts_of(testbed.database, ALICE)
    if alice == "follows it too":
        assert {gates[signature] for signature in before + after} == {Gate.WANTED}


async def test_scenario_51_a_wallet_that_was_removed_makes_no_more_alerts_by_any_pass(
    testbed: ScannerTestbed, valkey_url: str
) -> None:
    testbed.chain.faults.add(Fault(fault="drop", times=None, methods=("logsSubscribe",)))
    whale, other = Whale(testbed.chain), Whale(testbed.chain, 2)
    for one in (whale, other):
        await follow(testbed.database, one.address)
    async with scanning(load_settings(testbed.variables(**(PASSES | {"RECONCILE_SECONDS": "1"})))):
        await until_cursor(testbed.database, testbed.chain.api.slot)
        whale.trade(2)  # may be stored, and is not decided before the wallet is removed
        await slots(testbed.chain, 4)
        await remove_watch(testbed.database, chat_id=ALICE, topic_id=0, chain=CHAIN, wallet=whale.address)
        await publish_watch_change(valkey_url)
        whale.trade(2)
        await slots(testbed.chain, 3)
        last = other.trade(1)
        await until(lambda: is_stored(testbed.database, other, last[0]))
        gates = await alerts_of(testbed.database, ALICE)
    assert set(gates) & set(whale.done) == set()
    assert gates[last[0]] == Gate.WANTED
