"""What the bot reports of itself.
Operators are told unasked what is down for over a minute, once, and when it works again.
"""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.health import CHECK_SECONDS, BotHealth, OperatorAlerts, SystemReports, tells_here
from domain.errors import Unavailable
from domain.health import CheckResult, HealthState, degraded, healthy, unhealthy
from messaging.telegram.escaping import plain
from runtime.observability import metrics
from runtime.processes.health import Health
from runtime.processes.lifecycle import Stop
from storage.chats.updates import ReceivedUpdate, store_updates
from storage.coordination.instances import instances
from storage.postgres import Database
from tests.bot.conftest import until

_BEGAN = datetime(2026, 11, 28, 13, 14, tzinfo=UTC)
_WHY = "rpc.example.org: HTTP 401; the key is refused: put a valid one into RPC_URLS"
_REFUSED = unhealthy(_WHY)


@pytest.mark.services
async def test_a_bot_that_can_store_updates_is_ready(database: Database) -> None:
    health = Health()
    BotHealth(database=database, instance_id="bot-1", intake="polling").add_checks(health)
    report = await health.report()
    assert report.state is HealthState.HEALTHY
    assert report.results[0][1].sentence == "answers; 0 updates wait"


@pytest.mark.services
async def test_the_heartbeat_says_how_updates_come_and_how_many_wait(database: Database) -> None:
    await store_updates(database, [ReceivedUpdate(update_id=1, chat_id=7, payload="{}")])
    stop = Stop()
    heartbeat = BotHealth(database=database, instance_id="bot-1", intake="webhook").heartbeat
    async with asyncio.TaskGroup() as group:
        group.create_task(heartbeat.run(stop))
        await until(lambda: instances(database))
        stop.set()
    (instance,) = await instances(database)
    assert instance.program == "bot"
    assert {**instance.detail, "updates": "webhook", "waiting": 1} == instance.detail
    (sample,) = next(iter(metrics.updates_pending.collect())).samples
    assert sample.value == 1


class Watched:
    """Operator alerts over components that a test sets, by a clock that it moves."""

    def __init__(self, *, operators: tuple[int, ...] = (1, 2)) -> None:
        self.time = _BEGAN
        self.parts: dict[str, CheckResult] = {"Chain": healthy("fresh"), "Redis": healthy("answers")}
        self.losses: dict[str, int] = {"messages (chat not found)": 4}
        self.discoveries: dict[str, str] = {"transaction version 2": "Version 2 has appeared."}
        self.sent: list[tuple[int, str]] = []
        self.is_reachable = True
        reports = SystemReports(
            components=self._components, losses=self._losses, discoveries=self._discoveries
        )
        self.alerts = OperatorAlerts(reports, self._send, operators, self._may, lambda: self.time)

    async def _components(self) -> list[tuple[str, CheckResult]]:
        return [*self.parts.items()]

    async def _losses(self) -> dict[str, int]:
        return self.losses

    async def _discoveries(self) -> dict[str, str]:
        return self.discoveries

    async def _send(self, operator: int, text: str) -> None:
        if not self.is_reachable:
            raise Unavailable("Telegram is away")
        self.sent.append((operator, plain(text)))

    async def _may(self) -> bool:
        return True

    async def after(self, seconds: float) -> list[str]:
        """What the first operator is told when so many seconds have passed."""
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
        "🔴 Down: Chain",
        f"Chain, since 13:14 UTC: {_WHY}",
        "/health shows everything",
    ]
    assert [operator for operator, _ in watched.sent] == [1, 2]
    assert await watched.after(3_600) == []


async def test_it_is_announced_when_it_is_over() -> None:
    watched = Watched()
    watched.parts["Chain"] = _REFUSED
    await watched.after(120)
    watched.parts["Chain"] = degraded("late")
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
    assert text.startswith("🔴 Down: Chain, scanner scanner-1\n")


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
    assert "Operators could not be told: Unavailable" in caplog.text
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
    monkeypatch.setattr("bot.health.CHECK_SECONDS", 0.01)
    monkeypatch.setattr("bot.health.LASTING_SECONDS", 0.0)
    watched, stop = Watched(operators=operators), Stop()
    watched.parts["Chain"] = _REFUSED
    async with asyncio.TaskGroup() as group:
        group.create_task(watched.alerts.run(stop))
        await asyncio.sleep(0.2)
        stop.set()
    assert len(watched.sent) == announced


@pytest.mark.services
async def test_of_several_bots_one_tells(database: Database) -> None:
    assert await tells_here(database, "bot-1")
    assert not await tells_here(database, "bot-2")
    assert await tells_here(database, "bot-1")


@pytest.mark.services
async def test_without_the_database_each_bot_tells(database: Database) -> None:
    await database.close()
    assert await tells_here(database, "bot-1")
