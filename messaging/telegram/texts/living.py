"""The one message of a position: the latest event in full, the earlier ones in a line each. Pure.

🔴 Toly-2 sold $6.3K of WIF
15.4K WIF → 33.7 SOL @ $0.43 · sold 40% of it · +4.1% (+$258) · held 57 min
...

Before:
14:03:07 🟢 84.2 SOL → 38.4K WIF @ $0.414 · new position · Tx
> 84.2 SOL → 38,410.25 WIF @ 0.002192 SOL · slot 341,220,118
"""

from collections.abc import Sequence

from domain.alerts.kinds import AlertEvent
from messaging.telegram.escaping import plain
from messaging.telegram.texts.alert import alert_text, reverted_sign, texts_of
from messaging.telegram.texts.alert_kind import AlertFacts
from messaging.telegram.texts.group import MAX_TEXT
from messaging.telegram.texts.times import exact_time_of_day

MAX_LISTED = 20
"""Earlier events in a line each; Telegram shows 100 links and the like in a message, each has two."""
_MARGIN = 120
"""Room for what is put around the lines."""


def living_text(events: Sequence[AlertFacts[AlertEvent]], older: int = 0) -> str:
    """The message as Telegram HTML.

    Args:
        events: of the position, in order; at least one.
        older: events before these, which are only counted.
    """
    *earlier, latest = events
    text, locale = alert_text(latest), latest.locale
    room = MAX_TEXT - _units(text) - _MARGIN
    lines, room = _fitting([_line(one) for one in earlier[-MAX_LISTED:]], room)
    exact, _ = _fitting(
        [texts_of(one.event).exact(one) for one in earlier[len(earlier) - len(lines) :]], room
    )
    if hidden := older + len(earlier) - len(lines):
        lines = [
            locale.gettext("{hidden} earlier; /why as a reply lists them", hidden=locale.number(hidden)),
            *lines,
        ]
    if not lines:
        return text
    quotation = ["<blockquote expandable>" + "\n".join(exact) + "</blockquote>"] if exact else []
    return "\n".join([text, "", locale.gettext("Before:"), *lines, *quotation])


def _line(facts: AlertFacts[AlertEvent]) -> str:
    undone = reverted_sign(locale=facts.locale) if facts.reverted else ""
    return f"{exact_time_of_day(facts.happened_at)} {undone}{texts_of(facts.event).short(facts)}"


def _fitting(lines: Sequence[str], room: int) -> tuple[list[str], int]:
    """The newest of the lines that there is room for, in order, and what room is left."""
    found: list[str] = []
    for line in reversed(lines):
        needed = _units(line) + 1
        if needed > room:
            break
        found.append(line)
        room -= needed
    return found[::-1], room


def _units(text: str) -> int:
    return len(plain(text).encode("utf-16-le")) // 2
