"""The message of a digest: what happened while nothing was sent, each event in it exactly once. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence

from domain.delivery.facts import DigestEntry
from messaging.telegram.escaping import plain
from messaging.telegram.names import wallet_name
from messaging.telegram.texts.alert import REVERTED_SIGN, headline
from messaging.telegram.texts.alert_facts import AlertFacts
from messaging.telegram.texts.times import time_of_day

MAX_UNITS = 3_000
"""Room for the events listed one by one, in Telegram's UTF-16 units; a message holds 4,096."""
MAX_TEXT = 4_096
"""What Telegram takes in all."""
_LAST_LINE = 80
"""Room for the lines that say how many earlier ones and how many more wallets there are."""
_MAX_WALLETS = 12
"""Wallets whose earlier events are counted by sort; those of more wallets are one number."""


def digest_text(
    entries: Sequence[DigestEntry], *, symbols: Mapping[str, str | None], possible_repeat: bool = False
) -> str:
    """The digest as Telegram HTML, under 4,096 characters: the latest one by one, the earlier ones counted.

    Args:
        entries: in the order in which they happened.
        symbols: mint to symbol as the chain says it.
        possible_repeat: the answer to an earlier send was lost.
    """
    lines, rest = _listed(entries, symbols)
    total = sum(entry.number for entry in entries)
    reverted = sum(entry.reverted for entry in entries)
    undone = f" · ❌ {reverted:,} reverted" if reverted else ""
    head = [f"🌙 <b>While you heard nothing: {total:,} alert{'' if total == 1 else 's'}</b>{undone}"]
    if beyond := sum(entry.number for entry in entries if entry.is_beyond):
        head.append(f"🚦 {beyond:,} of them were more than may be told one by one in an hour: /digest")
    if possible_repeat:
        head.append("♻️ Possible repeat: Telegram did not confirm the first copy")
    room = MAX_TEXT - sum(_units(line) for line in (*head, *lines)) - _LAST_LINE
    return "\n".join([*head, *_counted(rest, room), *lines])


def _listed(
    entries: Sequence[DigestEntry], symbols: Mapping[str, str | None]
) -> tuple[list[str], list[DigestEntry]]:
    """As many of the latest as there is room for, oldest first; and the others."""
    lines: list[str] = []
    room = MAX_UNITS
    for position in range(len(entries) - 1, -1, -1):
        line = _line(entries[position], symbols)
        room -= 0 if line is None else _units(line)
        if line is None or room < 0:
            return lines[::-1], [*entries[: position + 1]]
        lines.append(line)
    return lines[::-1], []


def _line(entry: DigestEntry, symbols: Mapping[str, str | None]) -> str | None:
    if entry.event is None:
        return None
    facts = AlertFacts(
        event=entry.event, label=entry.label, symbols=symbols, happened_at=entry.happened_at, age=0.0
    )
    sign = REVERTED_SIGN if entry.reverted else ""
    return f"{sign}{headline(facts)} · {time_of_day(entry.happened_at)}"


def _counted(entries: Sequence[DigestEntry], room: int) -> list[str]:
    """`Toly: 12 buy, 3 sell` for each wallet with the most first; the rest of the wallets in one line.

    `room` is how many units the lines may take beside the last one.
    """
    totals: Counter[tuple[str, str]] = Counter()
    sorts: dict[tuple[str, str], Counter[str]] = {}
    for entry in entries:
        key = (entry.label, entry.subject)
        totals[key] += entry.number
        sorts.setdefault(key, Counter())[entry.sort] += entry.number
    if not totals:
        return []
    ranked = totals.most_common()
    lines = [f"Earlier, {totals.total():,}:"]
    listed = 0
    for key, _ in ranked[:_MAX_WALLETS]:
        line = f"· {wallet_name(*key)}: {_by_sort(sorts[key])}"
        room -= _units(line)
        if room < 0:
            break
        lines.append(line)
        listed += 1
    if left := ranked[listed:]:
        lines.append(f"· {len(left):,} more wallets: {sum(number for _, number in left):,}")
    return lines


def _by_sort(sorts: Counter[str]) -> str:
    return ", ".join(f"{number:,} {sort.replace('_', ' ')}" for sort, number in sorts.most_common())


def _units(line: str) -> int:
    return len(plain(line).encode("utf-16-le")) // 2 + 1
