"""One message for many events of a chat, each exactly once. Pure.

📚 7 trades · $41K: Bela 4 sells KRILL, Ahab 3 buys TITHE
⏱ up to 4 min late

🔴 Bela sold $15.9K of KRILL
38.4K KRILL → 84.2 SOL @ $0.414 · sold 40% of it · Jupiter · 14:03:07 · Tx · Chart
> 38,410.25 KRILL → 84.2 SOL @ 0.002192 SOL

And 3 more:
🟢 Ahab: 3 × bought TITHE

The events stand as the first line names them, exits and large ones first; those of one wallet, kind and
token stand in order of time.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from domain.alerts.kinds import AlertEvent, rules_of
from messaging.telegram.escaping import plain
from messaging.telegram.texts.alert import LATE_SECONDS, POSSIBLE_REPEAT, event_lines, event_words
from messaging.telegram.texts.alert_kind import COUNT, AlertFacts
from messaging.telegram.texts.gist import (
    EventGroup,
    event_group,
    gist,
    noun,
    reverted_number,
    together,
    total_worth,
)
from messaging.telegram.texts.times import span_in_minutes

SIGN = "📚"
"""The first character of such a message."""
MAX_LISTED = 14
"""Events listed one by one; Telegram shows 100 links and the like in a message; an event has up to seven."""
MAX_LINES = 12
"""Lines of the summary."""
MAX_TEXT = 4_096
"""What Telegram takes in one message, in UTF-16 units of what a reader sees."""
_MAX_LISTED = 3_000
"""Of these, the events listed one by one may take so many."""


@dataclass(frozen=True, slots=True)
class _Grouped:
    """An event, and the group that the first line counts it in."""

    facts: AlertFacts[AlertEvent]
    group: EventGroup
    rank: int
    """The place of the group in the first line."""


def group_text(events: Sequence[AlertFacts[AlertEvent]]) -> str:
    """The message as Telegram HTML: as many events as fit in full, the others by sort and number."""
    ordered = _in_order(events)
    listed, others = _fitting(ordered)
    parts = [_head(ordered), *listed]
    room = MAX_TEXT - sum(_units(part) + 2 for part in parts)
    return "\n\n".join([*parts, *([_summary(others, room)] if others else [])])


def events_of(text: str) -> list[str]:
    """The events that a message lists in full, each with its lines: of any other message the whole."""
    if not text.startswith(SIGN):
        return [text]
    # Events begin with a sign, the summary of the others with a word, in every language.
    return [part for part in text.split("\n\n")[1:] if not part[:1].isalpha()]


def _in_order(events: Sequence[AlertFacts[AlertEvent]]) -> list[_Grouped]:
    """As the first line names them; those of one group in order of time."""
    by_time = sorted(events, key=lambda one: (one.happened_at, rules_of(one.event).order(one.event)))
    event_groups = [_group_of(one) for one in by_time]
    ranks = {group.key: rank for rank, group in enumerate(together(event_groups))}
    grouped = [
        _Grouped(facts, group, ranks[group.key]) for facts, group in zip(by_time, event_groups, strict=True)
    ]
    return sorted(grouped, key=lambda one: one.rank)


def _group_of(facts: AlertFacts[AlertEvent]) -> EventGroup:
    return event_group(facts.event, facts.label, facts.symbols, facts.market, locale=facts.locale)


def _head(events: Sequence[_Grouped]) -> str:
    facts = [one.facts for one in events]
    locale = facts[0].locale
    lines = [_first_line(events)]
    if any(event.possible_repeat for event in facts):
        lines.append(locale.gettext(POSSIBLE_REPEAT))
    oldest = max(event.age for event in facts)
    if oldest > LATE_SECONDS:
        lines.append(locale.gettext("⏱ up to {time} late", time=span_in_minutes(oldest, locale=locale)))
    return "\n".join(lines)


def _first_line(events: Sequence[_Grouped]) -> str:
    """What happened, and for how many dollars together: of what stands, each movement once."""
    locale = events[0].facts.locale
    event_groups = [one.group for one in events]
    reverted = sum(one.facts.reverted for one in events)
    undone = f" ({reverted_number(reverted, locale=locale)})" if reverted else ""
    worth = total_worth((one.facts.event, one.facts.market) for one in events if not one.facts.reverted)
    count = " · ".join(
        part for part in (noun(event_groups, locale=locale), worth.words(locale=locale)) if part
    )
    is_unknown = worth.has_trades and not worth.is_known
    unknown = f" · {locale.gettext('dollars unknown')}" if is_unknown else ""
    return f"{SIGN} <b>{count}</b>{undone}: {gist(event_groups, locale=locale)}{unknown}"


def _fitting(events: Sequence[_Grouped]) -> tuple[list[str], list[AlertFacts[AlertEvent]]]:
    """As many as there is room for, at least one, and the others; of a group the newest are preferred."""
    newest_first = sorted(range(len(events)), key=lambda at: (events[at].rank, -at))
    listed: dict[int, str] = {}
    room = _MAX_LISTED
    for at in newest_first[:MAX_LISTED]:
        lines = event_lines(events[at].facts)
        room -= _units(lines)
        if room < 0 and listed:
            break
        listed[at] = lines
    others = [one.facts for at, one in enumerate(events) if at not in listed]
    return [listed[at] for at in sorted(listed)], others


def _summary(events: Sequence[AlertFacts[AlertEvent]], room: int) -> str:
    """The events by sort and number, each counted once, in at most so many units."""
    locale = events[0].locale
    title = locale.ngettext("And {number} more:", "And {number} more:", len(events))
    sorts = Counter(event_words(event) for event in events).most_common()
    lines: list[str] = []
    room -= _units(title) + _LAST_LINE
    for words, count in sorts[:MAX_LINES]:
        line = words.replace(COUNT, locale.number(count))
        room -= _units(line) + 1
        if room < 0:
            break
        lines.append(line)
    if rest := sum(count for _, count in sorts[len(lines) :]):
        lines.append(locale.ngettext("and {number} more", "and {number} more", rest))
    return "\n".join([title, *lines])


_LAST_LINE = 24
"""Room for the line that counts the others."""


def _units(text: str) -> int:
    return len(plain(text).encode("utf-16-le")) // 2
