"""Parses what people write about hours: `23:00-07:00`, `Europe/Berlin`, `daily 08:00`, `20 an hour`. Pure."""

import re
from collections.abc import Callable
from functools import lru_cache
from zoneinfo import available_timezones

from msgspec import structs

from domain.errors import BadInput
from domain.rules.quiet import zone_of
from domain.rules.rules import ChatSettings, Digest, Quiet

MAX_PER_HOUR = 3_600
_CLOCK = r"(\d{1,2})(?::(\d{2}))?"
_HOURS = re.compile(rf"{_CLOCK}\s*(?:-|–|to)\s*{_CLOCK}")
_DAILY = re.compile(rf"daily(?:\s+{_CLOCK})?")
_HOURLY_LIMIT = re.compile(r"(\d{1,5})\s*(?:/\s*h|an hour|per hour)")

Change = Callable[[ChatSettings], ChatSettings]


def parse_quiet(words: str) -> Change:
    """The change that `23:00-07:00`, `23-7`, `off`, `wake on` or `wake off` asks for.

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
        raise BadInput("Write quiet hours like 23:00-07:00, or off.")
    begin, end = _minute(found.group(1), found.group(2)), _minute(found.group(3), found.group(4))
    if begin == end:
        raise BadInput("These hours are empty. To hear nothing at all, /mute a wallet forever.")
    return lambda old: structs.replace(old, quiet=Quiet(begin=begin, end=end))


def parse_zone(words: str) -> Change:
    """The change of the time zone to an IANA name, in any case, with blanks or underscores.

    Raises:
        BadInput: there is no such zone.
    """
    wanted = "_".join(words.split())
    name = _zones().get(wanted.casefold(), wanted)
    zone_of(name)
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
        at = _minute(found.group(1) or "8", found.group(2))
        return lambda old: structs.replace(old, digest=Digest.DAILY, digest_at=at)
    if (found := _HOURLY_LIMIT.fullmatch(text)) is not None:
        hourly_limit = min(int(found.group(1)), MAX_PER_HOUR)
        return lambda old: structs.replace(old, per_hour=hourly_limit)
    raise BadInput("Write off, hourly, daily 08:00, 20 an hour, or no limit.")


def _minute(hour: str, minute: str | None) -> int:
    hours, minutes = int(hour), int(minute or 0)
    if hours == 24 and minutes == 0:  # noqa: PLR2004 - the end of a day
        return 0
    if hours > 23 or minutes > 59:  # noqa: PLR2004 - the last of a day
        raise BadInput("A day has hours 00:00 to 23:59.")
    return hours * 60 + minutes


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    return {name.casefold(): name for name in (*available_timezones(), "UTC")}
