"""Parses what people write about time: `23:00-07:00`, `daily 8am`, `20 an hour`, `30m`, `2 weeks`. Pure.

A span is read whole or refused: a word that is not known is never skipped.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from msgspec import structs

from bot.parsing.zones import zone_named
from domain.errors import BadInput
from domain.rules.noise import MAX_BUDGET
from domain.rules.rules import FOREVER_SECONDS, ChatSettings, Digest, Quiet

MAX_PER_HOUR = 3_600
_NOON = 12
_CLOCK = r"(\d{1,2})(?:[:.h](\d{2})?)?\s*([ap]\.?m\.?)?"
_HOURS = re.compile(rf"(?:from\s+)?{_CLOCK}\s*(?:-|–|—|to|until)\s*{_CLOCK}")
_DAILY = re.compile(rf"daily(?:\s+{_CLOCK})?")
_AN_HOUR = re.compile(r"(\d{1,5})\s*(?:/\s*h|an hour|per hour)")
_BUDGET = re.compile(r"(?:about\s+)?(\d{1,5})\s*(?:/\s*d(?:ay)?|a day|per day)")
Change = Callable[[ChatSettings], ChatSettings]
MAX_SECONDS = timedelta(days=3_650).total_seconds()
"""Ten years; who wants longer says forever."""
_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3_600),
    **dict.fromkeys(("d", "day", "days"), 86_400),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), 7 * 86_400),
    **dict.fromkeys(("mo", "mos", "mon", "month", "months"), 30 * 86_400),
    **dict.fromkeys(("y", "yr", "yrs", "year", "years"), 365 * 86_400),
}
_PART = re.compile(r"(\d{1,9}(?:\.\d{1,3})?|an?\b)\s*([a-z]+)")
_BETWEEN = re.compile(r"[\s,]*(?:and\s+)?")
_NEGATIVE = re.compile(r"\s*[-−–]\s*\d")
_MAX_ECHO = 20
_MAX_WORDS = 12
"""Of a span that stands behind a name: whoever sends very many words waits no longer for that."""


def parse_quiet(words: str) -> Change:
    """The change that `23:00-07:00`, `23-7`, `11pm-7am`, `off`, `wake on` or `wake off` asks for.

    Raises:
        BadInput: the words are none of these.
    """
    text = words.strip().lower()
    if text == "off":
        return lambda old: structs.replace(old, quiet=None)
    if text in {"wake on", "wake off"}:
        return lambda old: structs.replace(old, exits_wake=text == "wake on")
    found = _HOURS.fullmatch(text)
    if found is None:
        raise BadInput("Write quiet hours like 23:00-07:00 or 11pm-7am, or off.")
    if (found.group(3) is None) != (found.group(6) is None):
        raise BadInput("Write am or pm at both ends, like 11pm-7am, or 23:00-07:00.")
    begin, end = _minute(*found.group(1, 2, 3)), _minute(*found.group(4, 5, 6))
    if begin == end:
        raise BadInput("Start and end are the same. To stop all alerts, use /pause.")
    return lambda old: structs.replace(old, quiet=Quiet(begin=begin, end=end))


def parse_zone(words: str) -> Change:
    """The change of the time zone to the one named by city, IANA name, abbreviation or offset.

    Raises:
        BadInput: there is no such zone.
    """
    name = zone_named(words)
    return lambda old: structs.replace(old, zone=name)


def parse_digest(words: str) -> Change:
    """The change that `off`, `hourly`, `daily 08:00`, `20 an hour`, `about 15 a day` or `no limit` asks for.

    Raises:
        BadInput: the words are none of these.
    """
    text = words.strip().lower()
    if text in {"off", "hourly"}:
        return lambda old: structs.replace(old, digest=Digest(text))
    if text in {"no limit", "limit off"}:
        return lambda old: structs.replace(old, per_hour=None)
    if (found := _DAILY.fullmatch(text)) is not None:
        at = _minute(found.group(1) or "8", found.group(2), found.group(3))
        return lambda old: structs.replace(old, digest=Digest.DAILY, digest_at=at)
    if (found := _AN_HOUR.fullmatch(text)) is not None:
        hourly_limit = min(int(found.group(1)), MAX_PER_HOUR)
        if not hourly_limit:
            raise BadInput("A limit is at least 1 an hour. To get alerts together, /digest hourly or daily.")
        return lambda old: structs.replace(old, per_hour=hourly_limit)
    if text in {"no budget", "budget off"}:
        return lambda old: structs.replace(old, per_day=None)
    if (found := _BUDGET.fullmatch(text)) is not None:
        budget = min(int(found.group(1)), MAX_BUDGET)
        if not budget:
            raise BadInput("A budget is at least 1 a day. To stop all alerts, use /pause.")
        return lambda old: structs.replace(old, per_day=budget)
    raise BadInput("Write off, hourly, daily 08:00, 20 an hour, no limit, about 15 a day, or no budget.")


def _minute(hour: str, minute: str | None, half: str | None) -> int:
    hours, minutes = int(hour), int(minute or 0)
    if half is not None:
        if not 1 <= hours <= _NOON:
            raise BadInput("With am or pm hours go from 1 to 12.")
        hours = hours % _NOON + (_NOON if half.startswith("p") else 0)
    if hours == 24 and minutes == 0:  # noqa: PLR2004 - the end of a day
        return 0
    if hours > 23 or minutes > 59:  # noqa: PLR2004 - the last of a day
        raise BadInput("A day has hours 00:00 to 23:59.")
    return hours * 60 + minutes


def parse_span(text: str) -> float:
    """Seconds; `FOREVER_SECONDS` for `forever`, and 0 for `off`.

    Raises:
        BadInput: it is no span of time, or one that nobody can mean.
    """
    words = text.strip().lower()
    if words in {"forever", "f", "always"}:
        return FOREVER_SECONDS
    if words in {"off", "0"}:
        return 0.0
    if _NEGATIVE.match(words):
        raise BadInput("A time is never negative. Write it like 30m, 1h30m, 7d, 2w, 1 month, or forever.")
    if re.fullmatch(r"\d+\s*M", text.strip()):
        raise BadInput("Is that minutes or months? Write 1m or 1 month.")
    seconds = _sum(words)
    if seconds is None:
        raise BadInput(
            "“{word}” is not a time. Write it like 30m, 1h30m, 7d, 2w, 1 month, or forever.",
            word=_echo(text.strip()),
        )
    if not 1 <= seconds <= MAX_SECONDS:
        raise BadInput("A time is at least 1 second and at most 10 years. For longer write forever.")
    return seconds


def before_span(words: str) -> str:
    """`Nemo` of `Nemo 1 month`: the words before the span of time that ends them, or all of them."""
    parts = words.split()
    for length in range(max(1, len(parts) - _MAX_WORDS), len(parts)):
        with suppress(BadInput):
            parse_span(" ".join(parts[length:]))
            return " ".join(parts[:length])
    return words


def _sum(words: str) -> float | None:
    """The seconds of all parts together; None: something in the words is no part."""
    total, position = 0.0, 0
    while position < len(words):
        part = _PART.match(words, position)
        if part is None or part.group(2) not in _UNITS:
            return None
        number = 1.0 if part.group(1) in {"a", "an"} else float(part.group(1))
        total += number * _UNITS[part.group(2)]
        between = _BETWEEN.match(words, part.end())
        position = part.end() if between is None else between.end()
    return total or None


def _echo(text: str) -> str:
    return text if len(text) <= _MAX_ECHO else text[:_MAX_ECHO] + "…"
