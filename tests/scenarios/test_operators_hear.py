"""What operators are told while PostgreSQL is killed and started, and what is kept of it."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.operator_alerts import (
    CHECK_SECONDS,
    AlertMemory,
    Audience,
    OperatorAlerts,
    SystemReports,
    is_announcer,
)
from domain.health import CheckResult
from messaging.telegram.escaping import plain
from runtime.clock import monotonic, now
from services.system_status import SystemStatus
from storage.admin.operator_alerts import ended_alerts, open_alerts
from storage.coordination.failed_jobs import FailedJobs
from storage.coordination.instances import beat
from storage.coordination.queues import Queues
from storage.postgres import Database
from storage.redis import open_blocking_redis
from storage.replica import Replica
from tests.hanging import hanging
from tests.scenarios.own_postgres import OwnTestbed, own_postgres
from tests.scenarios.scanner_processes import ScannerTestbed

pytestmark = pytest.mark.services
SILENT = "UPDATE instances SET heartbeat_at = now() - interval '5 minutes' WHERE instance_id = 'scanner-1'"
JUDGED = ("PostgreSQL", "Processes", "scanner scanner-1", "dispatcher dispatcher-1")
"""The parts of this test; the others have nothing to do here."""


@pytest.fixture
async def own(testbed: ScannerTestbed, tmp_path: Path, migrated_cluster: Path) -> AsyncIterator[OwnTestbed]:
    async with own_postgres(testbed, tmp_path / "own", cluster=migrated_cluster) as made:
        yield made


@dataclass
class Listener:
    """A bot that tells one operator what it finds, by a clock that the test moves."""

    status: SystemStatus
    database: Database
    time: datetime = field(default_factory=now)
    texts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        reports = SystemReports(components=self._components, losses=_nothing, discoveries=_nothing)
        audience = Audience(operators=(1,), send=self._send, may_announce=_always)
        self.alerts = OperatorAlerts(reports, audience, AlertMemory(self.database), lambda: self.time)

    async def _components(self) -> list[tuple[str, CheckResult]]:
        return [(name, one) for name, one in await self.status.components() if name in JUDGED]

    async def _send(self, operator: int, text: str, announced_at: datetime | None) -> None:
        del operator, announced_at
        self.texts.append(plain(text))

    async def after(self, seconds: float) -> list[str]:
        """What is told in this time."""
        count = len(self.texts)
        for _ in range(round(seconds / CHECK_SECONDS)):
            self.time += timedelta(seconds=CHECK_SECONDS)
            await self.alerts.check_once()
        return self.texts[count:]


async def _nothing() -> Mapping[str, Any]:
    return {}


async def _always() -> bool:
    return True


@pytest.fixture
def listener(
    own: OwnTestbed, valkey_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Listener]:
    monkeypatch.setattr("storage.postgres.FIRST_PAUSE", 0.0)
    monkeypatch.setattr("bot.operator_alerts.DATABASE_SECONDS", 0.3)
    database = own.testbed.database
    with open_blocking_redis(valkey_url) as client:
        status = SystemStatus(
            database=database,
            replica=Replica(database=database, primary=database),
            queues=Queues(client),
            failed_jobs=FailedJobs(client),
            chain="solana",
            telegram=_nothing,
            folder=tmp_path,
        )
        yield Listener(status, database)


def headings(texts: Sequence[str]) -> list[str]:
    return [text.splitlines()[0] for text in texts]


async def test_scenario_26_what_was_wrong_before_an_outage_lasts_through_it_and_the_outage_is_kept(
    own: OwnTestbed, listener: Listener
) -> None:
    database = listener.database
    await beat(database, instance_id="scanner-1", program="scanner")
    await database.execute(SILENT)
    assert headings(await listener.after(75)) == ["🔴 Down: scanner scanner-1"]

    await own.kill()
    assert headings(await listener.after(75)) == ["🔥 Down: PostgreSQL"]
    assert await listener.after(90) == []

    await own.server.start()
    assert headings(await listener.after(15)) == ["🟢 Works again: PostgreSQL"]
    assert [one.name for one in await ended_alerts(database, 5)] == ["PostgreSQL"]
    assert [one.name for one in await open_alerts(database)] == ["scanner scanner-1"]

    await beat(database, instance_id="scanner-1", program="scanner")
    assert headings(await listener.after(15)) == ["🟢 Works again: scanner scanner-1"]


async def test_scenario_26_a_postgresql_that_hangs_is_reported_in_time(
    own: OwnTestbed, listener: Listener
) -> None:
    assert await listener.after(15) == []
    with hanging(own.server):
        began = monotonic()
        assert headings(await listener.after(75)) == ["🔥 Down: PostgreSQL"]
        assert monotonic() - began < 5 * CHECK_SECONDS  # no look takes longer than the pause between two
        assert await is_announcer(listener.database, "bot-1")
    async with asyncio.timeout(30):
        while not (heard := await listener.after(15)):
            pass
    assert headings(heard) == ["🟢 Works again: PostgreSQL"]
