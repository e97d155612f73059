"""The stage of patterns: what it finds is decided at once."""

import asyncio

import pytest

from runtime.processes.lifecycle import Stop
from tests.storage.patterns.samples import AHAB, BELA, CORA, trade
from tests.storage.sample_data import ALICE, follow, happened
from workers.patterns import find_patterns, until_decided
from workers.stages import Dispatch, fan_out

pytestmark = pytest.mark.services
DELIVERIES = "SELECT count(*) FROM deliveries JOIN alerts USING (alert_id) WHERE alerts.kind = 'pattern'"


async def test_what_is_found_becomes_deliveries(dispatch: Dispatch) -> None:
    for wallet in (AHAB, BELA, CORA):
        await follow(dispatch.database, ALICE, wallet=wallet)
    await happened(dispatch.database, *(trade(one, 5) for one in (AHAB, BELA, CORA)))
    await fan_out(dispatch, Stop())
    assert dispatch.decided.is_set()
    async with asyncio.timeout(10):
        await until_decided(dispatch, 60.0)
    await find_patterns(dispatch, Stop())
    assert await dispatch.database.fetchval(DELIVERIES) == 1
