"""Alerts to operators are kept once each, with what somebody decided about them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.operator_alerts import AlertLevel, OperatorAlert
from storage.admin.operator_alerts import (
    acknowledge_alerts,
    ended_alerts,
    open_alerts,
    save_alerts,
    silence_alerts,
)
from storage.postgres import Database

pytestmark = pytest.mark.services
AT = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
CHAIN = OperatorAlert(name="Chain", level=AlertLevel.CRITICAL, sentence="no block", since=AT, announced_at=AT)
DISK = OperatorAlert(name="Disk space", level=AlertLevel.WARNING, sentence="5 GB free", since=AT)


async def test_what_is_saved_again_is_one_alert_and_what_is_left_out_has_ended(database: Database) -> None:
    await save_alerts(database, [DISK, CHAIN])
    await save_alerts(database, [replace(CHAIN, sentence="no block for 2 min")])
    assert await open_alerts(database) == [replace(CHAIN, sentence="no block for 2 min")]
    await save_alerts(database, [])
    assert await open_alerts(database) == []
    assert [one.name for one in await ended_alerts(database, 5)] == ["Chain"]


async def test_what_somebody_decided_is_kept_by_the_next_look(database: Database) -> None:
    await save_alerts(database, [CHAIN, DISK])
    assert await acknowledge_alerts(database, announced_at=AT, operator=7) == 1
    assert await silence_alerts(database, announced_at=AT, seconds=60) == 1
    await save_alerts(database, [CHAIN, DISK])
    chain, disk = await open_alerts(database)
    assert chain.acknowledged_by == 7
    assert chain.silenced_until is not None
    assert (disk.acknowledged_by, disk.silenced_until) == (None, None)


async def test_a_button_of_what_is_over_changes_nothing(database: Database) -> None:
    await save_alerts(database, [CHAIN])
    await save_alerts(database, [])
    assert await acknowledge_alerts(database, announced_at=AT, operator=7) == 0


async def test_what_gets_worse_waits_for_somebody_again(database: Database) -> None:
    await save_alerts(database, [replace(DISK, announced_at=AT)])
    await acknowledge_alerts(database, announced_at=AT, operator=7)
    await save_alerts(database, [replace(DISK, level=AlertLevel.CRITICAL, announced_at=AT)])
    (alert,) = await open_alerts(database)
    assert alert.acknowledged_by is None
