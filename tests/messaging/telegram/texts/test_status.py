"""How fresh the data is, in words."""

from dataclasses import replace

import pytest

from domain.snapshot import Snapshot
from messaging.telegram.texts.status import span, status_text

FRESH = Snapshot(
    chats=0,
    wallets=0,
    watches=0,
    alerts_of_day=0,
    alerts_open=0,
    deliveries_due=0,
    oldest_due_seconds=0.0,
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
    assert status_text(FRESH, wallets_here=1).splitlines()[1:] == [
        "🟢 Chain: read up to slot 341,220,118, 0.4 s ago",
        "📨 Delay of messages: half within 0.8 s, 19 of 20 within 2.5 s",
        "📭 No messages wait",
        "🐋 This chat follows 1 wallet",
    ]


@pytest.mark.parametrize(("age", "light"), [(9.9, "🟢"), (10.0, "🟡"), (60.0, "🔴")])
def test_the_light_tells_the_age(age: float, light: str) -> None:
    assert status_text(replace(FRESH, feed_age_seconds=age), wallets_here=1).splitlines()[1].startswith(light)


def test_what_is_not_known_is_called_unknown() -> None:
    text = status_text(replace(FRESH, slot=None, feed_age_seconds=None, p50=None, p95=None), wallets_here=1)
    assert text.count("unknown") == 2


def test_what_waits_is_shown() -> None:
    assert "📬 1,200 messages wait, the oldest for 2 min" in status_text(
        replace(FRESH, deliveries_due=1_200, oldest_due_seconds=125.0), wallets_here=1
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (9.99, "9.9 s"), (10, "10 s"), (119.9, "119 s"), (120, "2 min"), (7_200, "2 h")],
)
def test_a_span_is_cut(seconds: float, words: str) -> None:
    assert span(seconds) == words
