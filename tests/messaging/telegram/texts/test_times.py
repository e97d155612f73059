"""Times are Telegram's own entity."""

from datetime import UTC, datetime, timedelta, timezone

from messaging.telegram.texts.times import date_time


def test_every_zone_gives_the_same_moment_with_utc_for_old_clients() -> None:
    moment = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
    text = '<tg-time unix="1795314600" format="DT">2026-11-22 02:30 UTC</tg-time>'
    assert date_time(moment) == text
    assert date_time(moment.astimezone(timezone(timedelta(hours=9)))) == text
