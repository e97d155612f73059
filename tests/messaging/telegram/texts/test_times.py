"""Times are Telegram's own entity."""

from datetime import UTC, datetime, timedelta, timezone

from messaging.telegram.texts.times import date_time, exact_moment, moment


def test_every_zone_gives_the_same_moment_with_utc_for_old_clients() -> None:
    moment = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
    text = '<tg-time unix="1795314600" format="DT">2026-11-22 02:30 UTC</tg-time>'
    assert date_time(moment) == text
    assert date_time(moment.astimezone(timezone(timedelta(hours=9)))) == text


def test_today_has_no_date() -> None:
    at = datetime(2026, 11, 22, 2, 30, 5, tzinfo=UTC)
    same_day, soon, later = at.replace(hour=23), at - timedelta(hours=3), at + timedelta(days=1)
    for now in (same_day, soon):
        assert ">02:30 UTC<" in moment(at, now)
        assert ">02:30:05 UTC<" in exact_moment(at, now)
    assert ">2026-11-22 02:30 UTC<" in moment(at, later)
    assert ">2026-11-22 02:30:05 UTC<" in exact_moment(at, later)
