"""Mutes and pauses as followers read them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.rules.rules import FOREVER
from messaging.telegram.escaping import plain
from messaging.telegram.texts.mutes import (
    is_forever,
    less_done,
    muted_note,
    muted_token,
    muted_wallet,
    paused,
    unmuted_note,
)
from tests.domain.rules.samples import WATCH

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


def test_a_mute_says_what_is_muted_and_until_when() -> None:
    moby = replace(WATCH, label="Moby")
    assert plain(muted_token("MITTEN", "mint", FOREVER, NOW)) == "🔕 MITTEN muted until you unmute it.\nmint"
    assert plain(muted_wallet(moby, NOW + timedelta(hours=1), NOW)) == "🔕 Moby muted until 13:00 UTC."
    assert "2026-07-03 12:00" in muted_wallet(moby, NOW + timedelta(days=2), NOW)
    assert plain(muted_wallet(moby, None, NOW)) == "🔔 Moby unmuted."
    assert is_forever(FOREVER)
    assert not is_forever(NOW)


def test_a_pause_says_until_when() -> None:
    assert "⏸ All alerts paused until 13:00 UTC." in plain(paused(NOW + timedelta(hours=1), NOW))
    assert "until you resume them" in paused(FOREVER, NOW)
    assert paused(None, NOW) == "▶ Alerts are on."


def test_less_says_what_comes_no_more() -> None:
    cora = replace(WATCH, label="Cora")
    assert plain(less_done(cora, "off", "buy")) == "✅ No more buys from Cora."
    assert plain(less_done(cora, "min", "1000")) == "✅ Only $1,000 or more from Cora."


def test_a_note_names_the_end_of_a_mute_in_the_zone_of_the_chat() -> None:
    moby = replace(WATCH, label="Moby")
    assert muted_note(moby, NOW) == "Moby muted until 12:00 UTC"
    assert muted_note(moby, NOW, zone=ZoneInfo("Asia/Tokyo")) == "Moby muted until 21:00"
    assert muted_note(moby, FOREVER) == "Moby muted until you unmute it"
    assert unmuted_note(moby) == "Moby unmuted"
