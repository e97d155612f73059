"""Times are Telegram's own entity.
Rules in words.
"""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from domain.rules.rules import Quiet
from messaging.telegram.texts.times import date_time, dollars, duration, exact_moment, hours, moment


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


@pytest.mark.parametrize(
    ("amount", "text"), [("1000", "$1,000"), ("84.2", "$84.20"), ("0", "$0"), ("1.999", "$1.99")]
)
def test_dollars_are_shortened(amount: str, text: str) -> None:
    assert dollars(Decimal(amount)) == text


def test_quiet_hours_are_two_times_of_the_day() -> None:
    assert hours(Quiet(begin=23 * 60, end=7 * 60 + 5)) == "23:00–07:05"


@pytest.mark.parametrize(
    ("seconds", "text"), [(30, "30 s"), (60, "1 min"), (5400, "90 min"), (86400, "1 d"), (90000, "25 h")]
)
def test_durations_have_the_units_that_say_them(seconds: int, text: str) -> None:
    assert duration(seconds) == text
