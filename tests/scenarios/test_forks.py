"""Scenario 46 with many forks: of what was told unconfirmed, exactly what the chain lacks is reverted."""

import asyncio
import random

import pytest

from runtime.settings.loading import load_settings
from sandbox.chain.faults import Fault
from tests.scanner.world import Whale, follow, scanning, stored, until, until_cursor
from tests.scenarios.scanner_processes import ScannerTestbed

pytestmark = pytest.mark.services

BY_STATUS = """
SELECT reverted_at IS NOT NULL AS reverted,
       array_agg(payload->>'signature' ORDER BY payload->>'signature' COLLATE "C") AS found
FROM alerts WHERE payload->>'kind' = 'transfer_out' GROUP BY reverted_at IS NOT NULL
"""


@pytest.mark.parametrize("seed", [1, 2])
async def test_scenario_46_processed_after_many_forks_what_stands_is_what_landed(
    seed: int, testbed: ScannerTestbed
) -> None:
    dice = random.Random(seed)
    whale = Whale(testbed.chain)
    await follow(testbed.database, whale.address)
    async with scanning(load_settings(testbed.variables(COMMITMENT="processed"))):
        await until_cursor(testbed.database, testbed.chain.api.slot + 3)
        for _ in range(40):
            if dice.random() < 0.4:
                testbed.chain.faults.add(Fault(fault="fork", reland=dice.random() < 0.5))
            whale.trade(2)
            await asyncio.sleep(0.07)
        testbed.chain.faults.clear()
        await until(lambda: _is_finished(testbed, whale))
    rows = await testbed.database.fetch(BY_STATUS)
    by_status = {row["reverted"]: row["found"] for row in rows}
    died = set(whale.done) - set(whale.landed)
    assert by_status[False] == whale.landed == await stored(testbed.database, whale)
    reverted = set(by_status[True])
    assert len(reverted) == len(by_status[True])
    assert reverted <= died  # the others were never in a block


async def _is_finished(testbed: ScannerTestbed, whale: Whale) -> bool:
    is_open = await testbed.database.fetchval("SELECT EXISTS (SELECT FROM provisional)")
    return not is_open and set(whale.landed) <= set(await stored(testbed.database, whale))
