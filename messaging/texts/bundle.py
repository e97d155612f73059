"""One message for many events of a chat, in which each stands exactly once. Pure.

📚 23 events of 2 wallets
⏱ the oldest is 4 min late

🟢 Toly-2 bought 38,410 WIF for 84.2 SOL
84.2 SOL → 38,410.25 WIF @ 0.002192 SOL · Jupiter · slot 341,220,118 · 14:03:07

Before these:
🔴 Toly-2 sell WIF × 3
"""

from collections import Counter
from collections.abc import Sequence

from messaging.escaping import plain
from messaging.texts.alert import LATE_SECONDS, AlertFacts, event_lines, event_words, span

SIGN = "📚"
"""The first character of such a message."""
MOST_TOLD = 20
"""Events told one by one; Telegram shows 100 links and the like in a message, and an event has up to four."""
MOST_LINES = 12
"""Lines of the summary."""
_ROOM = 3_000
"""Characters that the events told one by one may take, as a reader sees them; 4,096 fit in all."""


def bundle_text(events: Sequence[AlertFacts]) -> str:
    """The message as Telegram HTML: the newest events in full, the older ones by sort and number."""
    ordered = sorted(events, key=lambda one: (one.happened_at, one.activity.slot))
    told = _fitting(ordered)
    older = ordered[: len(ordered) - len(told)]
    return "\n\n".join([_head(ordered), *told, *([_summary(older)] if older else [])])


def events_of(text: str) -> list[str]:
    """The events that a message tells in full, each with its lines: of any other message the whole."""
    if not text.startswith(SIGN):
        return [text]
    return [part for part in text.split("\n\n")[1:] if not part.startswith(_BEFORE)]


def _head(events: Sequence[AlertFacts]) -> str:
    wallets = len({event.activity.wallet for event in events})
    of_wallets = f" of {wallets} wallets" if wallets > 1 else ""
    reverted = sum(event.reverted for event in events)
    undone = f" · ❌ {reverted} reverted" if reverted else ""
    lines = [f"{SIGN} <b>{len(events)} events</b>{of_wallets}{undone}"]
    if any(event.repeat for event in events):
        lines.append("♻️ Possible repeat: Telegram did not confirm the first copy")
    oldest = max(event.age for event in events)
    if oldest > LATE_SECONDS:
        lines.append(f"⏱ the oldest is {span(oldest)} late")
    return "\n".join(lines)


def _fitting(events: Sequence[AlertFacts]) -> list[str]:
    """The newest events, oldest of them first, as many as there is room for; at least one."""
    told: list[str] = []
    room = _ROOM
    for event in reversed(events[-MOST_TOLD:]):
        lines = event_lines(event)
        room -= len(plain(lines))
        if room < 0 and told:
            break
        told.append(lines)
    return told[::-1]


_BEFORE = "Before these:"


def _summary(events: Sequence[AlertFacts]) -> str:
    sorts = Counter(event_words(event) for event in events).most_common()
    lines = [f"{words} × {count}" for words, count in sorts[:MOST_LINES]]
    if rest := sum(count for _, count in sorts[MOST_LINES:]):
        lines.append(f"and others × {rest}")
    return "\n".join([_BEFORE, *lines])
