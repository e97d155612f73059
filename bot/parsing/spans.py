"""Parses spans of time as people write them: `30m`, `1h30m`, `2 weeks`, `1 month`, `forever`. Pure.

A span is read whole or refused: a word that is not known is never skipped.
"""

import re
from datetime import timedelta

from domain.errors import BadInput

FOREVER_SECONDS = timedelta(days=36_500).total_seconds()
"""A hundred years; the database adds it to its clock."""
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
_EXAMPLES = "Write it like 30m, 1h30m, 7d, 2w, 1 month, or forever."
_MAX_ECHO = 20


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
        raise BadInput(f"A time is never negative. {_EXAMPLES}")
    if re.fullmatch(r"\d+\s*M", text.strip()):
        raise BadInput("Is that minutes or months? Write 1m or 1 month.")
    seconds = _sum(words)
    if seconds is None:
        raise BadInput(f"“{_echo(text.strip())}” is not a time. {_EXAMPLES}")
    if not 1 <= seconds <= MAX_SECONDS:
        raise BadInput("A time is at least 1 second and at most 10 years. For longer write forever.")
    return seconds


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
