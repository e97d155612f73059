"""Hours, digests and budgets in words."""

from datetime import UTC, datetime

from domain.rules.rules import FOREVER, ChatSettings, Digest, Quiet
from messaging.telegram.escaping import plain
from messaging.telegram.texts.hours import hours_text

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


def test_the_card_of_hours_says_all_that_is_set() -> None:
    settings = ChatSettings(
        quiet=Quiet(begin=1380, end=420), zone="Europe/Berlin", digest=Digest.DAILY, per_hour=5
    )
    text = plain(hours_text(settings, NOW))
    assert "Quiet hours: 23:00–07:00" in text
    assert "now 14:00" in text
    assert "daily at 08:00" in text
    assert "Up to 5 alerts an hour; the rest in a digest" in text
    assert "off, each alert at once" in hours_text(ChatSettings(), NOW)


def test_what_waits_of_a_chat_that_has_set_nothing_is_said_too() -> None:
    """Without quiet hours and digests the exits of a busy wallet wait as well."""
    lines = plain(hours_text(ChatSettings(), NOW)).splitlines()
    assert "Full exits: wait like other alerts" in lines
    assert "🚦 Busy wallets: beyond 100 events an hour summed up at its end" in lines
    assert "Full exits: sent at once" in hours_text(ChatSettings(exits_wake=True), NOW)


def test_a_limit_says_who_set_it_and_what_it_does_not_hold() -> None:
    assert "The operator set this limit." in hours_text(ChatSettings(), NOW, hourly_limit=300)
    own = hours_text(ChatSettings(per_hour=1, exits_wake=True), NOW, hourly_limit=300)
    assert "Up to 1 alert an hour; the rest in a digest" in own
    assert "The operator" not in own
    assert "Full exits don't wait for it." in own


def test_a_pause_stands_above_all() -> None:
    assert "⏸" in hours_text(ChatSettings(paused_until=FOREVER), NOW)
    assert "⏸" not in hours_text(ChatSettings(paused_until=NOW), NOW)


def test_a_budget_says_what_stands_outside_it() -> None:
    text = hours_text(ChatSettings(per_day=15), NOW)
    assert "Budget: about 15 alerts a day, the most surprising; full exits and dangers always come" in text
    assert "Budget" not in hours_text(ChatSettings(), NOW)
