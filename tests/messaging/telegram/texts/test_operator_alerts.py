"""What operators are alerted unasked, and /alerts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from domain.operator_alerts import AlertLevel, OperatorAlert
from messaging.telegram.escaping import plain
from messaging.telegram.texts.operator_alerts import (
    acknowledged_text,
    alerts_text,
    begun_text,
    over_text,
    silenced_text,
)

AT = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
CHAIN = OperatorAlert(name="Chain", level=AlertLevel.CRITICAL, sentence="no <block>", since=AT)
DISK = OperatorAlert(name="Disk space", level=AlertLevel.WARNING, sentence="5 GB free", since=AT)


def test_the_worst_stands_first_and_nothing_is_markup() -> None:
    text = begun_text([DISK, CHAIN], runbook="")
    assert plain(text).splitlines() == [
        "🔥 Down: Chain, Disk space",
        "Chain (critical), since 03:00 UTC: no <block> · docs/runbook/FeedStopped.md",
        "Disk space (warning), since 03:00 UTC: 5 GB free · docs/runbook/DiskLow.md",
        "/health shows everything",
    ]
    assert "no &lt;block&gt;" in text


def test_many_alerts_fit_a_message() -> None:
    many = [replace(CHAIN, name=f"scanner {number}", sentence="x" * 900) for number in range(40)]
    text = begun_text(many, runbook="https://docs.example.org")
    assert len(text) < 8_000
    assert "… and 28 more: /alerts" in text


def test_the_list_says_who_takes_care_and_what_is_over() -> None:
    lasting = [replace(CHAIN, acknowledged_by=7, silenced_until=AT + timedelta(hours=1))]
    ended = [replace(DISK, ended_at=AT + timedelta(minutes=2))]
    assert plain(alerts_text(lasting, ended, runbook="", now=AT)).splitlines() == [
        "Alerts: 1",
        (
            "🔥 Chain (critical), since 03:00 UTC: no <block> · docs/runbook/FeedStopped.md"
            " · taken on by 7, silent until 04:00 UTC"
        ),
        "",
        "Over within a day",
        "• Disk space, since 03:00 UTC, for 2 min",
    ]
    assert plain(alerts_text([], [], runbook="", now=AT)) == "🟢 No alert"


def test_the_end_says_how_long_it_was() -> None:
    text = over_text([replace(CHAIN, ended_at=AT + timedelta(minutes=5))])
    assert plain(text).splitlines() == [
        "🟢 Works again: Chain",
        "Chain: was down for 5 min, since 03:00 UTC",
    ]


def test_a_button_of_what_is_over_says_so() -> None:
    assert acknowledged_text(0) == silenced_text(0) == "It is over already."
    assert acknowledged_text(1) != silenced_text(1)
