"""The message of a digest: what happened while nothing was sent, each event in it exactly once. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence

from domain.activity.activity import Kind
from domain.delivery.facts import DigestEntry
from messaging.telegram.escaping import plain
from messaging.telegram.names import wallet_name
from messaging.telegram.texts.alert import REVERTED_SIGN, headline, texts_of
from messaging.telegram.texts.alert_kind import AlertFacts
from messaging.telegram.texts.gist import Happening, counted, gist, happening, totals
from messaging.telegram.texts.times import time_of_day

MAX_UNITS = 3_000
"""Room for the events listed one by one, in Telegram's UTF-16 units; a message holds 4,096."""
MAX_TEXT = 4_096
"""What Telegram takes in all."""
_LAST_LINE = 80
"""Room for the lines that say how many more there are, and of how many more wallets."""
_MAX_WALLETS = 12
"""Wallets whose other events are counted by sort; those of more wallets are one number."""


def digest_text(
    entries: Sequence[DigestEntry], *, symbols: Mapping[str, str | None], possible_repeat: bool = False
) -> str:
    """The digest as Telegram HTML, under 4,096 characters: exits and the largest first, the others counted.

    Args:
        entries: in the order in which they happened.
        symbols: mint to symbol as the chain says it.
        possible_repeat: the answer to an earlier send was lost.
    """
    happenings = [_happening(entry, symbols) for entry in entries]
    lines, rest = _listed(sorted(entries, key=_weight, reverse=True), symbols)
    head = [_first_line(entries, happenings)]
    if len(entries) > 1:
        head.append(f"Total: {totals(happenings)}")
    if beyond := sum(entry.number for entry in entries if entry.is_beyond):
        head.append(f"🚦 {beyond:,} of them over your hourly limit: /digest")
    if possible_repeat:
        head.append("♻️ Possible repeat: Telegram did not confirm the first copy")
    room = MAX_TEXT - sum(_units(line) for line in (*head, *lines)) - _LAST_LINE
    return "\n".join([*head, *lines, *_counted(rest, room)])


def _first_line(entries: Sequence[DigestEntry], happenings: Sequence[Happening]) -> str:
    total = sum(entry.number for entry in entries)
    reverted = sum(entry.reverted for entry in entries)
    undone = f" (❌ {reverted:,} reverted)" if reverted else ""
    said = f": {gist(happenings)}" if happenings else ""
    return f"🌙 <b>{total:,} alert{'' if total == 1 else 's'} while you were away</b>{undone}{said}"


def _happening(entry: DigestEntry, symbols: Mapping[str, str | None]) -> Happening:
    if entry.event is not None:
        return happening(entry.event, entry.label, symbols)
    return Happening(
        who=wallet_name(entry.label, entry.subject),
        subject=entry.subject,
        sort=entry.sort,
        number=entry.number,
        lamports=None,
    )


def _weight(entry: DigestEntry) -> tuple[bool, bool, int]:
    """Exits first, then the largest; those of one weight stay in the order in which they happened."""
    event = entry.event
    return event is not None, entry.sort == Kind.SELL, 0 if event is None else texts_of(event).lamports(event)


def _listed(
    entries: Sequence[DigestEntry], symbols: Mapping[str, str | None]
) -> tuple[list[str], list[DigestEntry]]:
    """As many of the first as there is room for; and the others."""
    lines: list[str] = []
    room = MAX_UNITS
    for position, entry in enumerate(entries):
        line = _line(entry, symbols)
        room -= 0 if line is None else _units(line)
        if line is None or room < 0:
            return lines, [*entries[position:]]
        lines.append(line)
    return lines, []


def _line(entry: DigestEntry, symbols: Mapping[str, str | None]) -> str | None:
    if entry.event is None:
        return None
    facts = AlertFacts(
        event=entry.event,
        label=entry.label,
        symbols=symbols,
        happened_at=entry.happened_at,
        age=0.0,
        market=entry.market,
    )
    sign = REVERTED_SIGN if entry.reverted else ""
    return f"{sign}{headline(facts)} · {time_of_day(entry.happened_at)}"


def _counted(entries: Sequence[DigestEntry], room: int) -> list[str]:
    """`Toly: 12 buys, 3 sells` for each wallet with the most first; the rest of the wallets in one line.

    `room` is how many units the lines may take beside the last one.
    """
    numbers: Counter[tuple[str, str]] = Counter()
    sorts: dict[tuple[str, str], Counter[str]] = {}
    for entry in entries:
        key = (entry.label, entry.subject)
        numbers[key] += entry.number
        sorts.setdefault(key, Counter())[entry.sort] += entry.number
    if not numbers:
        return []
    ranked = numbers.most_common()
    lines = [f"And {numbers.total():,} more:"]
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
    return ", ".join(counted(sort, number) for sort, number in sorts.most_common())


def _units(line: str) -> int:
    return len(plain(line).encode("utf-16-le")) // 2 + 1
