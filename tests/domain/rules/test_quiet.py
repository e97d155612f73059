"""Quiet hours and digests by the wall clock, also on the days on which it is moved (scenario F74)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadInput
from domain.rules.quiet import _is_quiet, end_of_quiet, next_digest, zone_of
from domain.rules.rules import ChatSettings, Digest, Quiet

NIGHT = Quiet(begin=23 * 60, end=7 * 60)
BERLIN = "Europe/Berlin"
ZONES = ["UTC", BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"]
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def quiet(begin: str, end: str) -> Quiet:
    (b, bm), (e, em) = (map(int, part.split(":")) for part in (begin, end))
    return Quiet(begin=b * 60 + bm, end=e * 60 + em)


@pytest.mark.parametrize(
    ("hours", "zone", "now", "end"),
    [
        (NIGHT, "UTC", "2026-06-01T22:59:59", None),
        (NIGHT, "UTC", "2026-06-01T23:00:00", "2026-06-02T07:00:00"),
        (NIGHT, "UTC", "2026-06-02T06:59:59", "2026-06-02T07:00:00"),
        (NIGHT, "UTC", "2026-06-02T07:00:00", None),
        (quiet("12:00", "13:30"), "UTC", "2026-06-01T12:10:00", "2026-06-01T13:30:00"),
        (quiet("12:00", "13:30"), "UTC", "2026-06-01T13:30:00", None),
        (NIGHT, BERLIN, "2026-06-01T21:30:00", "2026-06-02T05:00:00"),
        (NIGHT, "Asia/Kathmandu", "2026-06-01T18:00:00", "2026-06-02T01:15:00"),
        # F74: the clock is put forward at night: the quiet hours are one shorter
        (NIGHT, BERLIN, "2026-03-28T22:30:00", "2026-03-29T05:00:00"),
        # and back: one longer
        (NIGHT, BERLIN, "2026-10-24T22:30:00", "2026-10-25T06:00:00"),
        # the end itself is skipped: they end with the jump
        (quiet("23:00", "02:30"), BERLIN, "2026-03-28T23:30:00", "2026-03-29T01:00:00"),
        # the end comes twice: the hour that comes twice is quiet twice
        (quiet("23:00", "02:30"), BERLIN, "2026-10-24T23:30:00", "2026-10-25T00:30:00"),
        (quiet("23:00", "02:30"), BERLIN, "2026-10-25T00:45:00", None),
        (quiet("23:00", "02:30"), BERLIN, "2026-10-25T01:10:00", "2026-10-25T01:30:00"),
    ],
)
def test_quiet_hours_end_by_the_wall_clock(hours: Quiet, zone: str, now: str, end: str | None) -> None:
    assert end_of_quiet(hours, zone, utc(now)) == (None if end is None else utc(end))


@given(begin=st.integers(0, 1439), end=st.integers(0, 1439), zone=st.sampled_from(ZONES), now=MOMENTS)
def test_the_end_is_the_first_minute_that_is_not_quiet(
    begin: int, end: int, zone: str, now: datetime
) -> None:
    hours = Quiet(begin=begin, end=end if end != begin else (end + 1) % 1440)
    ends = end_of_quiet(hours, zone, now)
    assert (ends is not None) == _is_quiet(hours, zone_of(zone), now)
    if ends is not None:
        assert ends > now
        assert not _is_quiet(hours, zone_of(zone), ends)
        assert _is_quiet(hours, zone_of(zone), ends - timedelta(seconds=1))
        assert ends - now <= timedelta(hours=26)


@given(at=st.integers(0, 1439), zone=st.sampled_from(ZONES), now=MOMENTS)
def test_a_daily_digest_is_due_after_now_and_within_a_long_day(at: int, zone: str, now: datetime) -> None:
    settings = ChatSettings(digest=Digest.DAILY, digest_at=at, zone=zone)
    due = next_digest(settings, now)
    assert due is not None
    assert timedelta(0) < due - now <= timedelta(hours=26)


def test_an_hourly_digest_is_due_at_the_full_hour() -> None:
    assert next_digest(ChatSettings(digest=Digest.HOURLY), utc("2026-01-01T10:59:59")) == utc(
        "2026-01-01T11:00:00"
    )
    assert next_digest(ChatSettings(), utc("2026-01-01T10:59:59")) is None


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../../etc/passwd", "/etc/localtime", "Europe", "a\0b"])
def test_what_is_no_time_zone_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="Europe/Berlin"):
        zone_of(name)


def test_zones_are_those_of_the_system() -> None:
    assert zone_of(BERLIN) == ZoneInfo(BERLIN)
