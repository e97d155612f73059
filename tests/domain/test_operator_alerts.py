"""Which findings become alerts, when they are sent, and when they are over."""

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
    changes_of,
    follow,
    level_of,
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
    assert bool(changes_of(alerts, now=after(seconds)).begun) is is_announced


def test_what_nobody_heard_of_ends_in_silence() -> None:
    assert changes_of(looked((0, unhealthy("a")), (15, healthy("b"))), now=after(15)).over == ()


def test_what_gets_worse_is_sent_anew_and_waits_for_somebody_again() -> None:
    (alert,) = looked((0, degraded("slow")))
    known = [replace(alert, announced_at=after(600), acknowledged_by=7)]
    (worse,) = follow(known, [("Chain", unhealthy("stopped"))], now=after(700))
    assert (worse.announced_at, worse.acknowledged_by, worse.level) == (None, None, AlertLevel.CRITICAL)
    assert changes_of([worse], now=after(700)).begun == (worse,)


_UNKNOWN = replace(degraded("not known while PostgreSQL does not answer"), blamed_on="PostgreSQL")


def announced_alert(name: str) -> OperatorAlert:
    """An alert of which operators know."""
    return OperatorAlert(
        name=name, level=AlertLevel.ERROR, sentence="no block", since=BEGAN, announced_at=after(60)
    )


def test_what_cannot_be_looked_at_stays_as_it_was() -> None:
    known = [announced_alert("Chain"), replace(announced_alert("Canary"), announced_at=None)]
    found = [("PostgreSQL", unhealthy("does not answer")), ("Chain", _UNKNOWN), ("Canary", _UNKNOWN)]
    followed = follow(known, [*found, ("Deliveries", _UNKNOWN)], now=after(75))
    assert [(one.name, one.sentence, one.ended_at) for one in followed] == [
        ("PostgreSQL", "does not answer", None),
        ("Chain", "no block", None),
        ("Canary", "no block", None),
    ]
    begun = changes_of(followed, now=after(3_000)).begun
    assert [one.name for one in begun] == ["PostgreSQL"], "nobody knows whether the canary is late still"


@pytest.mark.parametrize("every", [2, 3, 4, 5])
def test_what_lasts_is_announced_in_time_though_it_cannot_be_looked_at_now_and_then(every: int) -> None:
    """PostgreSQL, which all checks ask, answers too late in one check of so many, and is well by the next."""
    known: list[OperatorAlert] = []
    for check in range(7):
        result = _UNKNOWN if check % every == 0 else unhealthy("no block")
        known = follow(known, [("Chain", result)], now=after(15 * check))
        if begun := changes_of(known, now=after(15 * check)).begun:
            assert [one.name for one in begun] == ["Chain"]
            return
    pytest.fail("operators heard nothing")


@pytest.mark.parametrize("name", ["Chain", "Given up"])
def test_what_was_announced_does_not_end_while_it_cannot_be_looked_at(name: str) -> None:
    (alert,) = follow([announced_alert(name)], [(name, _UNKNOWN)], now=after(75))
    assert alert.ended_at is None
    (ended,) = follow([alert], [(name, healthy("fine"))], now=after(90))
    assert ended.ended_at == after(90)


@pytest.mark.parametrize("unread", [_UNKNOWN, unhealthy("did not answer within 2 s")])
def test_a_process_that_is_silent_stays_so_while_heartbeats_cannot_be_read(unread: CheckResult) -> None:
    known = [announced_alert("scanner scanner-1"), announced_alert("Chain")]
    found = [("Chain", healthy("fresh")), ("Processes", unread)]
    followed = {one.name: one.ended_at for one in follow(known, found, now=after(75))}
    followed.pop("Processes", None)
    assert followed == {"scanner scanner-1": None, "Chain": after(75)}


@pytest.mark.parametrize("page", sorted({*PAGES.values(), PAGE_OF_A_PROCESS}))
def test_each_part_has_a_page_of_the_runbook(page: str) -> None:
    assert (ROOT / "docs" / "runbook" / f"{page}.md").is_file()
