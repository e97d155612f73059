"""Parses what people write about patterns: `3 30m`, `off`. Pure."""

from collections.abc import Callable

from msgspec import structs

from bot.parsing.times import parse_span
from domain.errors import BadInput
from domain.patterns.found import (
    MAX_MINUTES,
    MAX_OWNERS,
    MIN_MINUTES,
    MIN_OWNERS,
    Pattern,
    PatternSettings,
)
from messaging.telegram.texts.pattern_settings import patterns_usage

Change = Callable[[PatternSettings], PatternSettings]
_SWITCH = {"on": True, "off": False}
_MAX_DIGITS = len(str(MAX_OWNERS))


def parse_confluence(words: str) -> Change:
    """The change that `on`, `off`, `3`, or `3 30m` asks for.

    Raises:
        BadInput: it is none of these; the text says what one may write.
    """
    first, _, rest = words.strip().lower().partition(" ")
    if first in _SWITCH and not rest:
        return switched(Pattern.CONFLUENCE, is_on=_SWITCH[first])
    if not first.isdecimal() or len(first) > _MAX_DIGITS:
        raise BadInput(patterns_usage)
    minutes = int(parse_span(rest)) // 60 if rest else None
    return meeting(int(first), minutes)


def meeting(owners: int, minutes: int | None) -> Change:
    """So many owners within so many minutes; None: as it is.

    Raises:
        BadInput: a number is too small or too large.
    """
    if not MIN_OWNERS <= owners <= MAX_OWNERS:
        raise BadInput(patterns_usage)
    if minutes is not None and not MIN_MINUTES <= minutes <= MAX_MINUTES:
        raise BadInput(patterns_usage)

    def change(old: PatternSettings) -> PatternSettings:
        off = old.off - {Pattern.CONFLUENCE}
        return structs.replace(old, owners=owners, minutes=minutes or old.minutes, off=off)

    return change


def switched(pattern: Pattern, *, is_on: bool) -> Change:
    """The pattern on or off."""

    def change(old: PatternSettings) -> PatternSettings:
        return structs.replace(old, off=old.off - {pattern} if is_on else old.off | {pattern})

    return change
