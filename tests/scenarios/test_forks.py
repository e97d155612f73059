"""Scenario 46 with many forks: of what was told unconfirmed, exactly what the chain lacks is reverted."""

import asyncio
import random

import pytest

from runtime.settings.loading import load_settings
from sandbox.chain.faults import Fault
from tests.scanner.world import Whale, follow, scanning, stored, until, until_cursor
from tests.scenarios.fleet import Place

pytestmark = pytest.mark.services

BY_STATUS = """
SELECT reverted_at IS NOT NULL AS reverted,
       array_agg(payload->>'signature' ORDER BY payload->>'signature' COLLATE "C") AS found
FROM alerts WHERE payload->>'kind' = 'transfer_out' GROUP BY reverted_at IS NOT NULL
"""


@pytest.mark.parametrize("seed", [1, 2])
async def test_scenario_46_processed_after_many_forks_what_stands_is_what_landed(
    seed: int, place: Place
) -> None:
    dice = random.Random(seed)
    whale = Whale(place.chain)
    await follow(place.database, whale.address)
    async with scanning(load_settings(place.variables(COMMITMENT="processed"))):
        await until_cursor(place.database, place.chain.api.slot + 3)
        for _ in range(40):
            if dice.random() < 0.4:
                place.chain.faults.add(Fault(fault="fork", reland=dice.random() < 0.5))
            whale.trade(2)
            await asyncio.sleep(0.07)
        place.chain.faults.clear()
        await until(lambda: _is_settled(place, whale))
    rows = await place.database.fetch(BY_STATUS)
    by_status = {row["reverted"]: row["found"] for row in rows}
    died = set(whale.done) - set(whale.landed)
    assert by_status[False] == whale.landed == await stored(place.database, whale)
    reverted = set(by_status[True])
    assert len(reverted) == len(by_status[True])
    assert reverted <= died  # the others were never in a block


async def _is_settled(place: Place, whale: Whale) -> bool:
    is_open = await place.database.fetchval("SELECT EXISTS (SELECT FROM provisional)")
    return not is_open and set(whale.landed) <= set(await stored(place.database, whale))
