"""Which findings become alerts, when they are told, and when they are over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bench.compose_file import ROOT
from domain.health import CheckResult, HealthState, degraded, healthy, unhealthy
from domain.operator_alerts import (
    PAGE_OF_A_PROCESS,
    PAGES,
    AlertLevel,
    OperatorAlert,
    follow,
    level_of,
    news_of,
)

BEGAN = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def looked(*checks: tuple[float, CheckResult]) -> list[OperatorAlert]:
    """The alerts after checks at one part."""
    known: list[OperatorAlert] = []
    for seconds, result in checks:
        known = [one for one in known if one.ended_at is None]
        known = follow(known, [("Chain", result)], now=after(seconds))
    return known


@pytest.mark.parametrize(
    ("name", "state", "level"),
    [
        ("Chain", HealthState.UNHEALTHY, AlertLevel.CRITICAL),
        ("scanner scanner-1", HealthState.UNHEALTHY, AlertLevel.ERROR),
        ("Chain", HealthState.DEGRADED, AlertLevel.WARNING),
        ("Chain", HealthState.HEALTHY, None),
        ("Discoveries", HealthState.DEGRADED, None),
    ],
)
def test_the_level_says_whether_people_are_hurt(
    name: str, state: HealthState, level: AlertLevel | None
) -> None:
    assert level_of(name, state) is level


def test_one_alert_goes_on_while_a_part_is_not_well_and_ends_with_it() -> None:
    (alert,) = looked((0, unhealthy("no block")), (15, unhealthy("no block for 30 s")))
    assert (alert.since, alert.sentence, alert.ended_at) == (BEGAN, "no block for 30 s", None)
    (ended,) = looked((0, unhealthy("no block")), (15, healthy("fresh")))
    assert ended.ended_at == after(15)


@pytest.mark.parametrize(("seconds", "is_announced"), [(45, False), (60, True)])
def test_what_is_critical_is_sent_after_a_minute(seconds: float, is_announced: bool) -> None:  # noqa: FBT001
    alerts = looked((0, unhealthy("no block")))
    assert bool(news_of(alerts, now=after(seconds)).begun) is is_announced


def test_what_nobody_heard_of_ends_in_silence() -> None:
    assert news_of(looked((0, unhealthy("a")), (15, healthy("b"))), now=after(15)).over == ()


def test_what_gets_worse_is_sent_anew_and_waits_for_somebody_again() -> None:
    (alert,) = looked((0, degraded("slow")))
    known = [replace(alert, announced_at=after(600), acknowledged_by=7)]
    (worse,) = follow(known, [("Chain", unhealthy("stopped"))], now=after(700))
    assert (worse.announced_at, worse.acknowledged_by, worse.level) == (None, None, AlertLevel.CRITICAL)
    assert news_of([worse], now=after(700)).begun == (worse,)


@pytest.mark.parametrize("page", sorted({*PAGES.values(), PAGE_OF_A_PROCESS}))
def test_each_part_has_a_page_of_the_runbook(page: str) -> None:
    assert (ROOT / "docs" / "runbook" / f"{page}.md").is_file()
