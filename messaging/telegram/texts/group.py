"""One message for many events of a chat, in which each stands exactly once. Pure.

📚 7 trades: Bela 4 sells KRILL, Ahab 3 buys TITHE
⏱ up to 4 min late

🟢 Toly-2 bought $15.9K of WIF
84.2 SOL → 38.4K WIF @ $0.414 · new position · Jupiter · 14:03:07 · Tx · Chart
> 84.2 SOL → 38,410.25 WIF @ 0.002192 SOL

Before these:
🔴 Toly-2: 3 × sold WIF
"""

from collections import Counter
from collections.abc import Sequence

from domain.alerts.kinds import AlertEvent, rules_of
from messaging.languages.locale import gettext_noop
from messaging.telegram.escaping import plain
from messaging.telegram.texts.alert import LATE_SECONDS, POSSIBLE_REPEAT, event_lines, event_words
from messaging.telegram.texts.alert_kind import COUNT, AlertFacts
from messaging.telegram.texts.gist import gist, happening, noun, reverted_number
from messaging.telegram.texts.times import span_in_minutes

SIGN = "📚"
"""The first character of such a message."""
MAX_LISTED = 14
"""Events listed one by one; Telegram shows 100 links and the like in a message; an event has up to seven."""
MAX_LINES = 12
"""Lines of the summary."""
MAX_TEXT = 4_096
"""What Telegram takes in one message, in UTF-16 units of what a reader sees."""
_ROOM = 3_000
"""Of these, the events listed one by one may take so many."""


def group_text(events: Sequence[AlertFacts[AlertEvent]]) -> str:
    """The message as Telegram HTML: the newest events in full, the older ones by sort and number."""
    ordered = sorted(events, key=lambda one: (one.happened_at, rules_of(one.event).order(one.event)))
    listed = _fitting(ordered)
    older = ordered[: len(ordered) - len(listed)]
    parts = [_head(ordered), *listed]
    room = MAX_TEXT - sum(_units(part) + 2 for part in parts)
    return "\n\n".join([*parts, *([_summary(older, room)] if older else [])])


def events_of(text: str) -> list[str]:
    """The events that a message lists in full, each with its lines: of any other message the whole."""
    if not text.startswith(SIGN):
        return [text]
    return [part for part in text.split("\n\n")[1:] if not part.startswith(_BEFORE)]


def _head(events: Sequence[AlertFacts[AlertEvent]]) -> str:
    locale = events[0].locale
    happenings = [happening(one.event, one.label, one.symbols, locale=locale) for one in events]
    reverted = sum(event.reverted for event in events)
    undone = f" ({reverted_number(reverted, locale=locale)})" if reverted else ""
    lines = [f"{SIGN} <b>{noun(happenings, locale=locale)}</b>{undone}: {gist(happenings, locale=locale)}"]
    if any(event.possible_repeat for event in events):
        lines.append(locale.gettext(POSSIBLE_REPEAT))
    oldest = max(event.age for event in events)
    if oldest > LATE_SECONDS:
        lines.append(locale.gettext("⏱ up to {time} late", time=span_in_minutes(oldest, locale=locale)))
    return "\n".join(lines)


def _fitting(events: Sequence[AlertFacts[AlertEvent]]) -> list[str]:
    """The newest events, oldest of them first, as many as there is room for; at least one."""
    listed: list[str] = []
    room = _ROOM
    for event in reversed(events[-MAX_LISTED:]):
        lines = event_lines(event)
        room -= _units(lines)
        if room < 0 and listed:
            break
        listed.append(lines)
    return listed[::-1]


_BEFORE = gettext_noop("Before these:")


def _summary(events: Sequence[AlertFacts[AlertEvent]], room: int) -> str:
    """The events by sort and number, each counted once, in at most so many units."""
    locale = events[0].locale
    before = locale.gettext(_BEFORE)
    sorts = Counter(event_words(event) for event in events).most_common()
    lines: list[str] = []
    room -= _units(before) + _LAST_LINE
    for words, count in sorts[:MAX_LINES]:
        line = words.replace(COUNT, locale.number(count))
        room -= _units(line) + 1
        if room < 0:
            break
        lines.append(line)
    if rest := sum(count for _, count in sorts[len(lines) :]):
        lines.append(locale.ngettext("and {number} more", "and {number} more", rest))
    return "\n".join([before, *lines])


_LAST_LINE = 24
"""Room for the line that counts the others."""


def _units(text: str) -> int:
    return len(plain(text).encode("utf-16-le")) // 2
