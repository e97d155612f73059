"""Takes secrets out of a text, by their shape and by their value.

Pure; `runtime/observability/logs.py` applies it to every record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MASK = "***"

# Each takes time in proportion to the text, however hostile; texts from the chain are logged, too.
# Each pattern keeps what helps a reader (who, where) and loses what opens a door.
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    # 123456789:AA…, as in https://api.telegram.org/bot123456789:AA…/sendMessage; the id is public.
    (re.compile(r"(?<!\d)(\d{6,12}):[A-Za-z0-9_-]{30,}"), rf"\1:{MASK}"),
    # scheme://user:password@host; a password may hold anything but / and blanks, even an @.
    (re.compile(r"\b([a-z][a-z0-9+.-]{0,20}://[^\s:/@]*):[^\s/]+@", re.IGNORECASE), rf"\1:{MASK}@"),
    # ?api-key=…, &token=…, password=… in queries and in libpq's key=value connection strings.
    (
        re.compile(
            r"(?i)((?:api[-_]?key|token|secret|passwd|password)"
            r"[\"']?\s*=\s*)(?:'[^']*'|\"[^\"]*\"|[^\s&'\"#,;)]+)"
        ),
        rf"\1{MASK}",
    ),
    # Providers that carry the key as the last part of the path: /v2/KEY, /KEY.
    (
        re.compile(r"(?i)\b((?:https?|wss?)://[^\s/'\"]+(?:/v\d+)?/)[A-Za-z0-9_-]{24,}(?=[/\s?'\"),]|$)"),
        rf"\1{MASK}",
    ),
    (re.compile(r"(?i)(authorization['\"]?\s*[:=]\s*['\"]?(?:bearer|basic)\s+)[^\s'\",]+"), rf"\1{MASK}"),
)

_MIN_SECRET_CHARS = 6
"""Shorter values are not masked by value: they would blot out ordinary words."""


class Redactor:
    """Replaces secrets in texts.

    Args:
        values: texts that are never shown, whatever surrounds them.
    """

    __slots__ = ("_known",)

    def __init__(self, values: Iterable[str] = ()) -> None:
        known = sorted({value for value in values if len(value) >= _MIN_SECRET_CHARS}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, text: str) -> str:
        """The text with `***` in place of every secret."""
        for shape, replacement in _SHAPES:
            text = shape.sub(replacement, text)
        return self._known.sub(MASK, text) if self._known else text


redact = Redactor()
"""Masks by shape alone, for places that know no values."""
