"""How fresh the data is, in words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.chats import ChatStanding
from domain.delivery.facts import DeferredAlerts
from domain.snapshot import Snapshot
from messaging.telegram.escaping import plain
from messaging.telegram.texts.status import deferred_line, span, status_text

SINCE = datetime(2026, 1, 1, 13, 46, tzinfo=UTC)
NOW = SINCE + timedelta(minutes=20)
FRESH = Snapshot(
    chats=0,
    wallets=0,
    watches=0,
    alerts_of_day=0,
    alerts_open=0,
    oldest_open_seconds=0.0,
    deliveries_due=0,
    oldest_due_seconds=0.0,
    sending=0,
    oldest_sending_seconds=0.0,
    sent_of_day=0,
    dead_of_day=0,
    ambiguous=0,
    updates_open=0,
    quarantined=0,
    slot=341_220_118,
    feed_age_seconds=0.42,
    p50=0.81,
    p95=2.5,
)


def test_a_fresh_system() -> None:
    assert status_text(FRESH, wallets_here=1, at=NOW).splitlines() == [
        "🟢 <b>Status</b>",
        "🟢 Chain: live (slot 341,220,118, 0.4 s ago)",
        "📨 Delivery: typically 0.8 s, 95% under 2.5 s",
        "📭 Queue empty",
        "🐋 This chat follows 1 wallet",
    ]


@pytest.mark.parametrize(
    ("of_busy_wallets", "line"),
    [
        (0, ": /digest"),
        (37, ", since their wallets are busy: /settings busy off sends all at once"),
        (35, ", 35 of them, as their wallets are busy: /settings busy off sends all at once"),
    ],
)
def test_what_comes_together_later_is_counted_with_its_time_and_the_way_out(
    of_busy_wallets: int, line: str
) -> None:
    until = NOW.replace(hour=15, minute=0)
    deferred = DeferredAlerts(number=37, until=until, of_busy_wallets=of_busy_wallets)
    assert plain(deferred_line(deferred, NOW)) == f"🌙 37 alerts of this chat wait until 15:00 UTC{line}"


@pytest.mark.parametrize(("age", "light"), [(9.9, "🟢"), (10.0, "🟡"), (60.0, "🔴")])
def test_the_light_tells_the_age_of_the_feed(age: float, light: str) -> None:
    lines = status_text(replace(FRESH, feed_age_seconds=age), wallets_here=1, at=NOW).splitlines()
    assert lines[0].startswith(light)
    assert lines[1].startswith(light)


@pytest.mark.parametrize(("age", "light"), [(39.9, "🟢"), (40.0, "🟡"), (90.0, "🔴")])
def test_a_feed_that_comes_in_passes_is_fresh_until_the_next_one(age: float, light: str) -> None:
    now = replace(FRESH, feed_age_seconds=age)
    line = status_text(now, wallets_here=1, at=NOW, feed_pause=30.0).splitlines()[1]
    assert line.startswith(f"{light} Chain: {'live' if light == '🟢' else 'late'}")


@pytest.mark.parametrize(("age", "light"), [(9.9, "🟢"), (10.0, "🟡"), (60.0, "🔴")])
def test_the_light_is_not_green_while_alerts_are_stuck_undecided(age: float, light: str) -> None:
    text = status_text(replace(FRESH, alerts_open=9, oldest_open_seconds=age), wallets_here=1, at=NOW)
    assert text.startswith(f"{light} <b>Status</b>")
    assert ("9 alerts are held up before delivery, the oldest for" in text) is (light != "🟢")


def test_one_alert_that_is_stuck_is_one() -> None:
    text = status_text(replace(FRESH, alerts_open=1, oldest_open_seconds=80.0), wallets_here=1, at=NOW)
    assert "🔴 1 alert is held up before delivery, the oldest for 80 s; none is lost" in text


def test_what_is_not_known_is_called_unknown() -> None:
    text = status_text(
        replace(FRESH, slot=None, feed_age_seconds=None, p50=None, p95=None), wallets_here=1, at=NOW
    )
    assert text.startswith("⚪ <b>Status</b>\n⚪ Chain: unknown")
    assert "no alert in the last hour" in text


@pytest.mark.parametrize(("age", "light"), [(29.0, "🟢"), (30.0, "🟡"), (125.0, "🔴")])
def test_what_is_queued_is_shown_and_counts_for_the_light(age: float, light: str) -> None:
    text = status_text(replace(FRESH, deliveries_due=1_200, oldest_due_seconds=age), wallets_here=1, at=NOW)
    assert "1,200 messages queued, the oldest for" in text
    assert text.startswith(light)


def test_what_a_sender_has_in_hand_is_queued_too() -> None:
    text = status_text(replace(FRESH, sending=1, oldest_sending_seconds=300.0), wallets_here=1, at=NOW)
    assert "🔴 1 message queued, the oldest for 5 min" in text
    assert text.startswith("🔴")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (9.99, "9.9 s"), (10, "10 s"), (119.9, "119 s"), (120, "2 min"), (7_200, "2 h")],
)
def test_a_span_is_cut(seconds: float, words: str) -> None:
    assert span(seconds) == words


def test_a_closed_chat_reads_why_and_since_when() -> None:
    closed = ChatStanding(reason="chat not found <b>", since=SINCE)
    line = status_text(FRESH, wallets_here=1, at=NOW, standing=closed).splitlines()[-1]
    assert plain(line).startswith("🔴 This chat: closed since 13:46 UTC (chat not found")
    days_later = status_text(FRESH, wallets_here=1, at=NOW + timedelta(days=3), standing=closed)
    assert "closed since 2026-01-01 13:46 UTC" in plain(days_later)
    assert "(chat not found &lt;b&gt;). Your message opens it again" in line


def test_a_held_chat_reads_that_its_alerts_wait() -> None:
    waiting = ChatStanding(reason="not enough rights", since=SINCE, next_try_at=SINCE)
    text = status_text(FRESH, wallets_here=1, at=NOW, standing=waiting)
    assert text.splitlines()[-1].startswith("🟡 This chat: alerts wait since <tg-time")
    assert text.startswith("🟡")
