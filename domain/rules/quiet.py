"""When deferred alerts are sent: the end of quiet hours and the next digest, by the chat's wall clock. Pure.

The wall clock rules: in spring an end that is skipped comes as soon as the clock has passed it, in autumn an
hour that comes twice is quiet twice. What is asked is always answered with a time in the future.
"""

from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.errors import BadInput
from domain.rules.rules import DAY_MINUTES, ChatSettings, Digest, Quiet

_MINUTE = timedelta(minutes=1)
_MAX_JUMP = 180
"""Minutes; no clock is put forward further than this."""


@lru_cache(maxsize=1024)
def zone_of(name: str) -> tzinfo:
    """The time zone of that IANA name.

    Raises:
        BadInput: there is none; the text is for the person who typed it.
    """
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput(
            "This time zone is not known. Write it like Europe/Berlin, America/New_York, Asia/Tokyo or UTC."
        ) from None


def end_of_quiet(quiet: Quiet, zone: str, now: datetime) -> datetime | None:
    """Return when the quiet hours end that `now` lies in; None: it lies in none.

    Args:
        quiet: the hours, by the wall clock of `zone`.
        zone: an IANA name.
        now: the time asked about.
    """
    return _end(quiet, zone, now.astimezone(UTC).replace(second=0, microsecond=0))


def next_digest(settings: ChatSettings, now: datetime) -> datetime | None:
    """When the next digest is due, after `now`; None: there are no digests."""
    if settings.digest is Digest.OFF:
        return None
    if settings.digest is Digest.HOURLY:
        return end_of_hour(now)
    return _next_at(settings.digest_at, zone_of(settings.zone), now)


def next_daily(settings: ChatSettings, now: datetime) -> datetime:
    """When a daily digest is due, or would be, after `now`."""
    return _next_at(settings.digest_at, zone_of(settings.zone), now)


def part_of_day(settings: ChatSettings, now: datetime) -> tuple[datetime, float]:
    """When the chat's day began by its wall clock, and the part of it that has passed."""
    zone = zone_of(settings.zone)
    local = now.astimezone(zone)
    begin = datetime.combine(local.date(), time(0), tzinfo=zone).astimezone(UTC)
    end = datetime.combine(local.date() + timedelta(days=1), time(0), tzinfo=zone).astimezone(UTC)
    return begin, (now - begin) / (end - begin)


def next_spam_line(settings: ChatSettings, now: datetime) -> datetime | None:
    """When silent spam is counted next: at the time of a daily digest; None: the chat wants no such line."""
    return _next_at(settings.digest_at, zone_of(settings.zone), now) if settings.spam_line else None


def next_sending(settings: ChatSettings, now: datetime) -> datetime:
    """When deferred alerts are sent: with the next digest, never in quiet hours; `now`: nothing defers."""
    due = next_digest(settings, now) or now
    if settings.quiet is not None:
        due = end_of_quiet(settings.quiet, settings.zone, due) or due
    return due


def end_of_hour(now: datetime) -> datetime:
    """The next full hour of UTC."""
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


@lru_cache(maxsize=4096)
def _end(quiet: Quiet, zone_name: str, now: datetime) -> datetime | None:
    zone = zone_of(zone_name)
    if not _is_quiet(quiet, zone, now):
        return None
    end = _next_at(quiet.end, zone, now)
    for _ in range(_MAX_JUMP):  # the end itself may be skipped: then it is quiet no longer than the jump
        if end - _MINUTE <= now or _is_quiet(quiet, zone, end - _MINUTE):
            return end
        end -= _MINUTE
    return end


def _is_quiet(quiet: Quiet, zone: tzinfo, moment: datetime) -> bool:
    local = moment.astimezone(zone)
    minute = local.hour * 60 + local.minute
    if quiet.begin < quiet.end:
        return quiet.begin <= minute < quiet.end
    return minute >= quiet.begin or minute < quiet.end


def _next_at(minute: int, zone: tzinfo, now: datetime) -> datetime:
    """The next time after `now` at which the wall clock shows `minute`, or would if nobody moved it."""
    today = now.astimezone(zone).date()
    clock = time(minute % DAY_MINUTES // 60, minute % 60)
    for day in (today, today + timedelta(days=1), today + timedelta(days=2)):
        for fold in (0, 1):
            moment = datetime.combine(day, clock.replace(fold=fold), tzinfo=zone).astimezone(UTC)
            if moment > now and _shows(moment, zone, clock, fold):
                return moment
    raise AssertionError  # one of three days has it


def _shows(moment: datetime, zone: tzinfo, clock: time, fold: int) -> bool:
    """Return whether the wall clock shows this at that moment; a skipped one counts by the clock before."""
    return fold == 0 or moment.astimezone(zone).time() == clock.replace(fold=0)
