"""One run of the fan-out."""

import pytest

from runtime.processes.lifecycle import Stop
from tests.storage.sample_data import ALICE, BOB, follow, happened, purchase
from workers.stages.fan_out import fan_out
from workers.stages.stage import Dispatch

pytestmark = pytest.mark.services


async def test_every_open_alert_is_decided_and_senders_are_due(dispatch: Dispatch) -> None:
    await follow(dispatch.database, ALICE)
    await follow(dispatch.database, BOB)
    await happened(dispatch.database, purchase(1), purchase(2))
    await fan_out(dispatch, Stop())
    assert await dispatch.database.fetchval("SELECT count(*) FROM deliveries WHERE state = 'pending'") == 4
    assert dispatch.due.is_set()


async def test_without_an_alert_nothing_is_due(dispatch: Dispatch) -> None:
    await fan_out(dispatch, Stop())
    assert not dispatch.due.is_set()


async def test_after_the_stop_no_further_alert_is_decided(dispatch: Dispatch) -> None:
    await follow(dispatch.database, ALICE)
    await happened(dispatch.database, purchase())
    stop = Stop()
    stop.set()
    await fan_out(dispatch, stop)
    assert await dispatch.database.fetchval("SELECT count(*) FROM deliveries") == 0
