"""Times, spans, hours and dollars in words. Pure.

A time is Telegram's own entity, which each reader sees in their zone and language.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from domain.rules.rules import Quiet
from messaging.languages.locale import ENGLISH, Locale, gettext_noop

_NEAR = timedelta(hours=12)
"""So near a time of day is clear without its date, whatever the reader's zone."""
_UNITS = {
    "s": gettext_noop("{number} s"),
    "min": gettext_noop("{number} min"),
    "h": gettext_noop("{number} h"),
    "d": gettext_noop("{number} d"),
    "y": gettext_noop("{number} y"),
}


def date_time(moment: datetime) -> str:
    """Date and time of day as Telegram HTML; UTC is what old clients show."""
    return _entity(moment, "DT", "%Y-%m-%d %H:%M")


def time_of_day(moment: datetime) -> str:
    """Hours and minutes as Telegram HTML."""
    return _entity(moment, "t", "%H:%M")


def exact_time_of_day(moment: datetime) -> str:
    """The time of day with seconds as Telegram HTML."""
    return _entity(moment, "T", "%H:%M:%S")


def _entity(moment: datetime, style: str, pattern: str) -> str:
    """A moment that each reader sees in their own zone and language."""
    utc = moment.astimezone(UTC)
    return f'<tg-time unix="{int(utc.timestamp())}" format="{style}">{utc.strftime(pattern)} UTC</tg-time>'


def in_unit(number: int | str, unit: str, *, locale: Locale = ENGLISH) -> str:
    """`12 min`: so many s, min, h, d or y.

    Args:
        number: as it is to be shown.
        unit: a key of _UNITS.
        locale: of the reader.
    """
    return locale.gettext(_UNITS[unit], number=number)


def span_in_minutes(seconds: float, *, locale: Locale = ENGLISH) -> str:
    """`3 min`, `2 h 5 min`, `4 d`: cut, never rounded up."""
    minutes = int(seconds // 60)
    if minutes < 60:  # noqa: PLR2004 - an hour
        return in_unit(minutes, "min", locale=locale)
    hours, rest = divmod(minutes, 60)
    if hours < 48:  # noqa: PLR2004 - two days
        whole = in_unit(hours, "h", locale=locale)
        return f"{whole} {in_unit(rest, 'min', locale=locale)}" if rest else whole
    return in_unit(hours // 24, "d", locale=locale)


def moment(at: datetime, now: datetime) -> str:
    """The time of day; with the date where it is not today."""
    return time_of_day(at) if is_today(at, now) else date_time(at)


def exact_moment(at: datetime, now: datetime) -> str:
    """The time of day with seconds; with the date where it is not today."""
    return exact_time_of_day(at) if is_today(at, now) else _entity(at, "DT", "%Y-%m-%d %H:%M:%S")


def is_today(at: datetime, now: datetime) -> bool:
    """Return whether the time of day alone is clear."""
    return at.astimezone(UTC).date() == now.astimezone(UTC).date() or abs(at - now) < _NEAR


def dollars(amount: Decimal, *, locale: Locale = ENGLISH) -> str:
    """`$1,000`, `$84.20`: cents only where there are any, cut, never rounded up."""
    cents = int(amount * 100)
    return locale.figure(f"${cents // 100:,}" + (f".{cents % 100:02}" if cents % 100 else ""))


def duration(seconds: int, *, locale: Locale = ENGLISH) -> str:
    """`7 d`, `90 min`: in the largest unit that it fills twice, cut."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size or (seconds >= size and seconds % size == 0):
            return in_unit(seconds // size, unit, locale=locale)
    return in_unit(seconds, "s", locale=locale)


def slot_words(slot: int, *, locale: Locale = ENGLISH) -> str:
    """`slot 341,220,118`, in English form as all exact figures."""
    return locale.gettext("slot {slot}", slot=f"{slot:,}")


def clock(minute: int) -> str:
    """`07:30` for minutes since midnight."""
    return f"{minute // 60:02}:{minute % 60:02}"


def hours(quiet: Quiet) -> str:
    """`23:00–07:00`."""
    return f"{clock(quiet.begin)}–{clock(quiet.end)}"
