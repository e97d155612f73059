"""Parses what people write about hours: `23:00-07:00`, `11pm-7am`, `daily 8am`, `20 an hour`. Pure."""

import re
from collections.abc import Callable

from msgspec import structs

from bot.parsing.zones import zone_named
from domain.errors import BadInput
from domain.rules.rules import ChatSettings, Digest, Quiet

MAX_PER_HOUR = 3_600
_NOON = 12
_CLOCK = r"(\d{1,2})(?:[:.h](\d{2})?)?\s*([ap]\.?m\.?)?"
_HOURS = re.compile(rf"(?:from\s+)?{_CLOCK}\s*(?:-|–|—|to|until)\s*{_CLOCK}")
_DAILY = re.compile(rf"daily(?:\s+{_CLOCK})?")
_HOURLY_LIMIT = re.compile(r"(\d{1,5})\s*(?:/\s*h|an hour|per hour)")

Change = Callable[[ChatSettings], ChatSettings]


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
    """The change that `off`, `hourly`, `daily 08:00`, `20 an hour` or `no limit` asks for.

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
    if (found := _HOURLY_LIMIT.fullmatch(text)) is not None:
        hourly_limit = min(int(found.group(1)), MAX_PER_HOUR)
        if not hourly_limit:
            raise BadInput("A limit is at least 1 an hour. To get alerts together, /digest hourly or daily.")
        return lambda old: structs.replace(old, per_hour=hourly_limit)
    raise BadInput("Write off, hourly, daily 08:00, 20 an hour, or no limit.")


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
