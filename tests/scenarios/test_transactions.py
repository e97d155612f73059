"""Scenarios 44, 45 and 47: transactions of every version, unreadable ones, and ones that never succeeded."""

import asyncio
from typing import Any

import pytest

from runtime.observability.metrics import ingest_quarantined
from tests.sandbox.chain.wallets import SOL, key, pay, signed
from tests.scanner.world import stored, until_cursor
from tests.scenarios.nodes import changed_node, changed_stream
from tests.scenarios.scanner_processes import ScannerTestbed
from tests.scenarios.watched_whale import act, until_alerted_once, watching

pytestmark = pytest.mark.services

THOUSAND = 1_000


async def test_scenario_44_legacy_v0_and_v1_transactions_are_all_read(testbed: ScannerTestbed) -> None:
    async with watching(testbed, SCANNER_SOURCE="blocks") as whale:
        for number, version in enumerate((None, 0, 1)):
            payment = pay(whale.keys, key(5_000).pubkey(), 2 * SOL + number)
            transaction = signed(testbed.chain.api, [whale.keys], payment, version=version)
            whale.done.append(str(testbed.chain.api.send(transaction)))


async def test_scenario_45_one_unreadable_transaction_of_a_thousand_is_quarantined_and_stops_no_other(
    testbed: ScannerTestbed,
) -> None:
    bad: list[str] = []

    def garble(method: str, result: Any) -> Any:
        for transaction in result.get("transactions", ()) if method == "getBlock" else ():
            if transaction["transaction"]["signatures"][0] in bad:
                transaction["meta"]["postBalances"][0] = "a fortune"
        return result

    before = ingest_quarantined._value.get()
    async with (
        changed_node(testbed.chain, garble) as node,
        watching(testbed, SCANNER_SOURCE="blocks", RPC_URLS=node) as whale,
    ):
        slot = testbed.chain.api.slot
        signatures = whale.trade(THOUSAND)
        assert testbed.chain.api.slot == slot
        bad.append(signatures[THOUSAND // 2])
        await act(whale, 2)
        whale.done.remove(bad[0])
        await until_alerted_once(testbed, whale)
    rows = await testbed.database.fetch("SELECT slot, signature, reason, raw FROM quarantine")
    assert [(row["slot"], row["signature"]) for row in rows] == [(slot, bad[0])]
    assert bad[0].encode() in rows[0]["raw"]
    assert b"a fortune" in rows[0]["raw"]
    assert rows[0]["reason"]
    assert ingest_quarantined._value.get() == before + 1


async def test_scenario_47_a_failed_transaction_makes_no_alert(testbed: ScannerTestbed) -> None:
    async with watching(testbed) as whale:
        too_much = pay(whale.keys, key(5_000).pubkey(), 2_000_000 * SOL)
        testbed.chain.api.send(signed(testbed.chain.api, [whale.keys], too_much))
        await act(whale, 2)


@pytest.mark.parametrize("source", ["transactions", "logs"])
async def test_scenario_47_a_notification_that_falsely_says_success_makes_no_alert(
    source: str, testbed: ScannerTestbed
) -> None:
    lies: list[str] = []

    def deny(method: str, log_text: Any) -> Any:
        if method == "transactionSubscribe":
            log_text[0]["failed"] = True  # what we ask to be left out is sent all the same
        result = {}
        if method == "logsNotification":
            result = log_text["value"]
        if method == "transactionNotification":
            result = log_text["transaction"]["meta"]
        if result.get("err"):
            lies.append(method)
            result["err"] = None
        return log_text

    async with (
        changed_stream(testbed.chain, deny) as url,
        watching(testbed, SCANNER_SOURCE=source, WS_URLS=url) as whale,
    ):
        whale.trade(1)
        await until_alerted_once(testbed, whale)
        too_much = pay(whale.keys, key(5_000).pubkey(), 2_000_000 * SOL)
        failed = str(testbed.chain.api.send(signed(testbed.chain.api, [whale.keys], too_much)))
        async with asyncio.timeout(20):
            while not lies:  # noqa: ASYNC110 - a list raises no events
                await asyncio.sleep(0.02)
        await act(whale, 2)
        await until_cursor(testbed.database, testbed.chain.api.slot)
        assert failed not in await stored(testbed.database, whale)
