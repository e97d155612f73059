"""Operators are told unasked what is down for over a minute, once, and when it works again."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from bot import operator_alerts as module
from bot.operator_alerts import (
    CHECK_SECONDS,
    AlertMemory,
    Audience,
    OperatorAlerts,
    SystemReports,
    is_announcer,
    ping_dead_mans_switch,
)
from domain.errors import DatabaseUnavailable, Unavailable
from domain.health import CheckResult, degraded, healthy, unhealthy
from messaging.telegram.escaping import plain
from runtime.processes.lifecycle import Stop
from runtime.settings.secret import Secret
from storage.admin.operator_alerts import acknowledge_alerts, ended_alerts, open_alerts, silence_alerts
from storage.postgres import Database

_BEGAN = datetime(2026, 11, 28, 13, 14, tzinfo=UTC)
_WHY = "rpc.example.org: HTTP 401; the key is refused: put a valid one into RPC_URLS"
_REFUSED = unhealthy(_WHY)


class Watched:
    """Operator alerts over components that a test sets, by a clock that it moves."""

    def __init__(
        self,
        *,
        operators: tuple[int, ...] = (1, 2),
        database: Database | None = None,
        judges: bool = True,
        runbook: str = "",
    ) -> None:
        self.time = _BEGAN
        self.parts: dict[str, CheckResult] = {"Chain": healthy("fresh"), "Redis": healthy("answers")}
        self.losses: dict[str, int] = {"messages (chat not found)": 4}
        self.discoveries: dict[str, str] = {"transaction version 2": "Version 2 has appeared."}
        self.sent: list[tuple[int, str]] = []
        self.is_reachable = True
        reports = SystemReports(
            components=self._components, losses=self._losses, discoveries=self._discoveries
        )
        audience = Audience(
            operators=operators, send=self._send, may_announce=self._may, judges=judges, runbook=runbook
        )
        self.announced_at: datetime | None = None
        self.memory = AlertMemory(database)
        self.alerts = OperatorAlerts(reports, audience, self.memory, lambda: self.time)

    async def _components(self) -> list[tuple[str, CheckResult]]:
        return [*self.parts.items()]

    async def _losses(self) -> dict[str, int]:
        return self.losses

    async def _discoveries(self) -> dict[str, str]:
        return self.discoveries

    async def _send(self, operator: int, text: str, announced_at: datetime | None) -> None:
        if not self.is_reachable:
            raise Unavailable("Telegram is away")
        self.announced_at = announced_at or self.announced_at
        self.sent.append((operator, plain(text)))

    async def _may(self) -> bool:
        return True

    async def after(self, seconds: float) -> list[str]:
        """Return what the first operator is told when so many seconds have passed."""
        count = len(self.sent)
        for _ in range(int(seconds / CHECK_SECONDS)):
            self.time += timedelta(seconds=CHECK_SECONDS)
            await self.alerts.check_once()
        return [text for operator, text in self.sent[count:] if operator == 1]


async def test_what_lasts_over_a_minute_is_announced_once_to_each_operator_with_cause_and_cure() -> None:
    watched = Watched()
    watched.parts["Chain"] = _REFUSED
    assert await watched.after(60) == []
    (text,) = await watched.after(60)
    assert text.splitlines() == [
        "🔥 Down: Chain",
        f"Chain (critical), since 13:14 UTC: {_WHY} · docs/runbook/FeedStopped.md",
        "/health shows everything",
    ]
    assert [operator for operator, _ in watched.sent] == [1, 2]
    assert await watched.after(3_000) == []


async def test_it_is_announced_when_it_is_over() -> None:
    watched = Watched()
    watched.parts["Chain"] = _REFUSED
    await watched.after(120)
    watched.parts["Chain"] = healthy("fresh")
    (text,) = await watched.after(15)
    assert text.splitlines() == [
        "🟢 Works again: Chain",
        "Chain: was down for 2 min, since 13:14 UTC",
    ]
    assert await watched.after(60) == []
    watched.parts["Chain"] = _REFUSED
    assert len(await watched.after(120)) == 1


async def test_what_is_over_within_a_minute_is_not_announced() -> None:
    watched = Watched()
    watched.parts["Chain"] = _REFUSED
    await watched.after(45)
    watched.parts["Chain"] = healthy("fresh")
    assert await watched.after(120) == []


async def test_parts_that_fail_together_come_in_one_message() -> None:
    watched = Watched()
    watched.parts = {"Chain": _REFUSED, "scanner scanner-1": _REFUSED}
    (text,) = await watched.after(120)
    assert text.startswith("🔥 Down: Chain, scanner scanner-1\n")


async def test_a_process_that_has_left_is_over() -> None:
    watched = Watched()
    watched.parts["scanner scanner-1"] = _REFUSED
    await watched.after(120)
    del watched.parts["scanner scanner-1"]
    assert "Works again: scanner scanner-1" in (await watched.after(15))[0]


async def test_while_telegram_is_away_the_message_waits(caplog: pytest.LogCaptureFixture) -> None:
    watched = Watched()
    watched.parts["Chain"] = _REFUSED
    watched.is_reachable = False
    assert await watched.after(120) == []
    assert "Operators could not be notified: Unavailable" in caplog.text
    watched.is_reachable = True
    assert len(await watched.after(15)) == 1
    watched.is_reachable = False
    watched.parts["Chain"] = healthy("fresh")
    assert await watched.after(30) == []
    watched.is_reachable = True
    assert len(await watched.after(15)) == 1


async def test_what_is_given_up_is_reported_with_its_cause_what_was_before_is_not() -> None:
    watched = Watched()
    assert await watched.after(60) == []
    watched.losses = {"messages (chat not found)": 6, "requests": 1}
    (text,) = await watched.after(15)
    assert text.splitlines() == [
        "⚠️ Given up: 3",
        "2 × messages (chat not found)",
        "1 × requests",
        "/queues and /health show more, /retryfailed tries again",
    ]
    assert await watched.after(3_600) == []


async def test_scenario_96_what_is_discovered_is_announced_once_and_what_was_before_is_not() -> None:
    watched = Watched()
    assert await watched.after(60) == []
    watched.discoveries["healed cursor"] = "A stored cursor stood at slot 9."
    watched.is_reachable = False
    await watched.after(15)
    watched.is_reachable = True
    (text,) = await watched.after(15)
    assert text.splitlines() == [
        "🔎 Discovered",
        "A stored cursor stood at slot 9.",
        "/health shows it for a week",
    ]
    assert await watched.after(600) == []


async def test_more_that_is_given_up_comes_together_ten_minutes_later() -> None:
    watched = Watched()
    await watched.after(15)
    watched.losses = {"requests": 1}
    assert len(await watched.after(15)) == 1
    watched.losses = {"requests": 2}
    assert await watched.after(300) == []
    watched.losses = {"requests": 5}
    (text,) = await watched.after(300)
    assert "4 × requests" in text


async def test_what_was_tried_again_and_given_up_again_is_reported_again() -> None:
    watched = Watched()
    await watched.after(15)
    watched.losses = {}
    assert await watched.after(15) == []
    watched.losses = {"messages (chat not found)": 2}
    assert "2 × messages" in (await watched.after(15))[0]


async def test_what_is_given_up_while_telegram_is_away_is_reported_afterwards() -> None:
    watched = Watched()
    await watched.after(15)
    watched.is_reachable = False
    watched.losses = {"requests": 1}
    assert await watched.after(60) == []
    watched.is_reachable = True
    assert "1 × requests" in (await watched.after(15))[0]


@pytest.mark.parametrize(("operators", "announced"), [((), 0), ((1,), 1)])
async def test_it_looks_again_and_again_if_there_is_somebody_to_tell(
    operators: tuple[int, ...], announced: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.operator_alerts.CHECK_SECONDS", 0.01)
    watched, stop = Watched(operators=operators), Stop()
    await watched.alerts.check_once()
    watched.losses = {"requests": 1}
    async with asyncio.TaskGroup() as group:
        group.create_task(watched.alerts.run(stop))
        await asyncio.sleep(0.2)
        stop.set()
    assert len(watched.sent) == announced


@pytest.mark.services
async def test_of_several_bots_one_tells(database: Database) -> None:
    assert await is_announcer(database, "bot-1")
    assert not await is_announcer(database, "bot-2")
    assert await is_announcer(database, "bot-1")


@pytest.mark.services
async def test_without_the_database_each_bot_tells(database: Database) -> None:
    await database.close()
    assert await is_announcer(database, "bot-1")


async def test_what_only_gets_worse_slowly_is_reported_after_ten_minutes() -> None:
    watched = Watched()
    watched.parts["Chain"] = degraded("12 slots behind")
    assert await watched.after(585) == []
    (text,) = await watched.after(30)
    assert text.startswith("🟡 Not well: Chain\nChain (warning), since 13:14 UTC: 12 slots behind · ")
    watched.parts["Chain"] = _REFUSED
    (text,) = await watched.after(15)
    assert text.startswith("🔥 Down: Chain\n")


@pytest.mark.services
async def test_what_nobody_takes_on_is_sent_again_each_hour_and_then_no_more(database: Database) -> None:
    watched = Watched(database=database)
    watched.parts["Chain"] = _REFUSED
    assert len(await watched.after(120)) == 1
    assert len(await watched.after(3_615)) == 1
    assert watched.announced_at is not None
    assert await acknowledge_alerts(database, announced_at=watched.announced_at, operator=1) == 1
    assert await watched.after(7_200) == []
    assert (await open_alerts(database))[0].acknowledged_by == 1


@pytest.mark.services
async def test_what_is_silenced_is_sent_no_more_but_for_its_end(database: Database) -> None:
    watched = Watched(database=database)
    watched.parts["Chain"] = _REFUSED
    await watched.after(120)
    assert watched.announced_at is not None
    assert await silence_alerts(database, announced_at=watched.announced_at, seconds=86_400) == 1
    watched.time = datetime.now(UTC)
    assert await watched.after(7_200) == []
    watched.parts["Chain"] = healthy("fresh")
    assert "Works again: Chain" in (await watched.after(15))[0]
    assert await open_alerts(database) == []
    assert [one.name for one in await ended_alerts(database, 5)] == ["Chain"]


@pytest.mark.services
async def test_another_bot_goes_on_where_the_first_one_stopped(database: Database) -> None:
    first, second = Watched(database=database), Watched(database=database)
    for watched in (first, second):
        watched.parts["Chain"] = _REFUSED
    assert len(await first.after(120)) == 1
    second.time = first.time
    assert await second.after(120) == []
    second.parts["Chain"] = healthy("fresh")
    assert "Works again: Chain" in (await second.after(15))[0]
    first.time, first.parts["Chain"] = second.time, healthy("fresh")
    assert await first.after(120) == []


@pytest.mark.services
async def test_an_outage_of_postgresql_is_reported_from_memory(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.postgres.FIRST_PAUSE", 0.0)
    watched = Watched(database=database)
    await database.close()
    watched.parts["PostgreSQL"] = unhealthy("does not answer")
    (text,) = await watched.after(75)
    assert "PostgreSQL (critical)" in text
    assert await watched.after(60) == []


class Outage:
    """PostgreSQL as the bot reads and writes alerts there, away when it is to be."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lasts = False
        for name in ("open_alerts", "save_alerts", "record_alerts"):
            monkeypatch.setattr(module, name, self._through(getattr(module, name)))

    def _through(self, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def called(*arguments: object) -> object:
            if self.lasts:
                raise DatabaseUnavailable("PostgreSQL is away")
            return await call(*arguments)

        return called


@pytest.mark.services
async def test_an_outage_of_postgresql_is_recorded_once_when_it_is_back(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = Outage(monkeypatch)
    watched = [Watched(database=database), Watched(database=database)]
    outage.lasts = True
    for one in watched:  # each bot tells: nobody can know of the other
        one.time = datetime.now(UTC) - timedelta(minutes=10)
        one.parts["PostgreSQL"] = unhealthy("does not answer")
        assert len(await one.after(75)) == 1
    outage.lasts = False
    first, second = watched
    first.parts["PostgreSQL"] = healthy("answers")
    assert "Works again: PostgreSQL" in (await first.after(15))[0]
    for _ in range(2):
        await second.memory.release()
    assert await open_alerts(database) == []
    assert [one.name for one in await ended_alerts(database, 5)] == ["PostgreSQL"]


@pytest.mark.services
async def test_what_a_bot_announced_before_another_one_follows_it_is_ended_by_that_one(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = Outage(monkeypatch)
    leaves, stays = Watched(database=database), Watched(database=database)
    outage.lasts = True
    leaves.parts["PostgreSQL"] = unhealthy("does not answer")
    assert len(await leaves.after(75)) == 1
    await leaves.memory.release()  # not yet: it is still away
    outage.lasts = False
    await leaves.memory.release()
    stays.time = leaves.time
    assert "Works again: PostgreSQL" in (await stays.after(15))[0]


async def test_with_prometheus_parts_are_left_to_it_and_losses_are_reported() -> None:
    watched = Watched(judges=False)
    await watched.after(15)
    watched.parts["Chain"] = _REFUSED
    watched.losses = {"requests": 1}
    (text,) = await watched.after(3_600)
    assert "1 × requests" in text


async def test_a_link_leads_to_the_page_of_the_runbook() -> None:
    watched = Watched(runbook="https://docs.example.org/runbook")
    raw: list[str] = []
    watched.parts["Chain"] = _REFUSED
    await watched.after(45)

    async def send(operator: int, text: str, announced_at: datetime | None) -> None:
        del operator, announced_at
        raw.append(text)

    audience = Audience(
        operators=(1,), send=send, may_announce=watched._may, runbook="https://docs.example.org/runbook"
    )
    reports = SystemReports(
        components=watched._components, losses=watched._losses, discoveries=watched._discoveries
    )
    alerts = OperatorAlerts(reports, audience, AlertMemory(), lambda: watched.time)
    await alerts.check_once()
    watched.time += timedelta(seconds=90)
    await alerts.check_once()
    assert '<a href="https://docs.example.org/runbook/FeedStopped.md">What to do</a>' in raw[0]


async def test_a_switch_is_asked_while_all_is_well_and_no_more_when_it_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.operator_alerts.ALIVE_SECONDS", 0.01)
    asked, well = asyncio.Event(), True
    count = 0

    async def answer(_: web.Request) -> web.Response:
        nonlocal count
        count += 1
        asked.set()
        return web.Response()

    application = web.Application()
    application.router.add_get("/key", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    stop = Stop()
    async with asyncio.TaskGroup() as group:
        group.create_task(ping_dead_mans_switch(Secret(f"http://127.0.0.1:{port}/key"), lambda: well, stop))
        async with asyncio.timeout(5):
            await asked.wait()
        well = False
        await asyncio.sleep(0.05)
        before = count
        await asyncio.sleep(0.1)
        stop.set()
    assert count == before
    await runner.cleanup()
