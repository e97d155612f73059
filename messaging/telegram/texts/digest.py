"""The message of a digest: what happened while nothing was sent, each event in it exactly once. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal

from domain.activity.activity import Activity, Kind
from domain.delivery.facts import DigestEntry
from domain.rules.gates import Gate
from domain.tokens.token_trades import TokenTraded
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.escaping import plain
from messaging.telegram.names import wallet_name
from messaging.telegram.texts.alert import POSSIBLE_REPEAT, headline, reverted_sign, texts_of
from messaging.telegram.texts.alert_kind import AlertFacts
from messaging.telegram.texts.gist import (
    EventGroup,
    TotalWorth,
    counted,
    event_group,
    gist,
    reverted_number,
    total_worth,
    totals,
    worth,
)
from messaging.telegram.texts.market import is_sold_out
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
    entries: Sequence[DigestEntry],
    *,
    symbols: Mapping[str, str | None],
    possible_repeat: bool = False,
    locale: Locale = ENGLISH,
) -> str:
    """The digest as Telegram HTML, under 4,096 characters: exits and the largest first, the others counted.

    Args:
        entries: in the order in which they happened.
        symbols: mint to symbol as the chain says it.
        possible_repeat: the answer to an earlier send was lost.
        locale: of who reads it.
    """
    event_groups = [_event_group(entry, symbols, locale=locale) for entry in entries]
    lines, rest = _listed(sorted(entries, key=_weight, reverse=True), symbols, locale=locale)
    head = [_first_line(entries, event_groups, locale=locale)]
    if len(entries) > 1:
        head.append(locale.gettext("Total: {list}", list=totals(event_groups, locale=locale)))
    head += _limited(entries, locale=locale)
    if possible_repeat:
        head.append(locale.gettext(POSSIBLE_REPEAT))
    room = MAX_TEXT - sum(_units(line) for line in (*head, *lines)) - _LAST_LINE
    return "\n".join([*head, *lines, *_counted(rest, room, locale=locale)])


def _limited(entries: Sequence[DigestEntry], *, locale: Locale = ENGLISH) -> list[str]:
    """How many came together only by a limit, each with where it is changed."""
    of_busy = [entry for entry in entries if entry.gate is Gate.WALLET_BUSY]
    busy = sum(entry.number for entry in of_busy)
    beyond = sum(entry.number for entry in entries if entry.is_beyond) - busy
    lines = []
    if beyond:
        lines.append(
            locale.ngettext(
                "🚦 {number} of them over your hourly limit: /digest",
                "🚦 {number} of them over your hourly limit: /digest",
                beyond,
            )
        )
    if busy:
        lines.append(
            locale.ngettext(
                "🚦 {events} of them from {number} busy wallet: /settings",
                "🚦 {events} of them from {number} busy wallets: /settings",
                len({entry.subject for entry in of_busy}),
                events=locale.number(busy),
            )
        )
    return lines


def _first_line(
    entries: Sequence[DigestEntry], event_groups: Sequence[EventGroup], *, locale: Locale = ENGLISH
) -> str:
    total = sum(entry.number for entry in entries)
    reverted = sum(entry.reverted for entry in entries)
    said = locale.ngettext(
        "<b>{number} alert while you were away</b>", "<b>{number} alerts while you were away</b>", total
    )
    undone = f" ({reverted_number(reverted, locale=locale)})" if reverted else ""
    dollars = _worth_of(entries).words(locale=locale)
    count = " · ".join(part for part in (said, dollars) if part)
    return (
        f"🌙 {count}{undone}: {gist(event_groups, locale=locale)}" if event_groups else f"🌙 {count}{undone}"
    )


def _worth_of(entries: Sequence[DigestEntry]) -> TotalWorth:
    """Of what stands; of some that are counted only it is not known."""
    return total_worth((entry.event, entry.market) for entry in entries if entry.reverted < entry.number)


def _event_group(
    entry: DigestEntry, symbols: Mapping[str, str | None], *, locale: Locale = ENGLISH
) -> EventGroup:
    if entry.event is not None:
        return event_group(entry.event, entry.label, symbols, entry.market, locale=locale)
    return EventGroup(
        who=wallet_name(entry.label, entry.subject),
        subject=entry.subject,
        sort=entry.sort,
        number=entry.number,
        lamports=None,
    )


def _weight(entry: DigestEntry) -> tuple[bool, bool, bool, bool, Decimal, int]:
    """Exits first, then what is no trade, sales, the largest; those of one weight stay in their order."""
    event, is_sale = entry.event, entry.sort == Kind.SELL
    if event is None:
        return False, False, False, is_sale, Decimal(0), 0
    is_exit = isinstance(event, Activity) and is_sold_out(event)
    is_rare = not isinstance(event, Activity | TokenTraded)
    usd = worth(event, entry.market) or Decimal(0)
    return True, is_exit, is_rare, is_sale, usd, texts_of(event).lamports(event)


def _listed(
    entries: Sequence[DigestEntry], symbols: Mapping[str, str | None], *, locale: Locale = ENGLISH
) -> tuple[list[str], list[DigestEntry]]:
    """As many of the first as there is room for; and the others."""
    lines: list[str] = []
    room = MAX_UNITS
    for position, entry in enumerate(entries):
        line = _line(entry, symbols, locale=locale)
        room -= 0 if line is None else _units(line)
        if line is None or room < 0:
            return lines, [*entries[position:]]
        lines.append(line)
    return lines, []


def _line(entry: DigestEntry, symbols: Mapping[str, str | None], *, locale: Locale = ENGLISH) -> str | None:
    if entry.event is None:
        return None
    facts = AlertFacts(
        event=entry.event,
        label=entry.label,
        symbols=symbols,
        happened_at=entry.happened_at,
        age=0.0,
        market=entry.market,
        locale=locale,
    )
    sign = reverted_sign(locale=locale) if entry.reverted else ""
    return f"{sign}{headline(facts)} · {time_of_day(entry.happened_at)}"


def _counted(entries: Sequence[DigestEntry], room: int, *, locale: Locale = ENGLISH) -> list[str]:
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
    lines = [locale.ngettext("And {number} more:", "And {number} more:", numbers.total())]
    listed = 0
    for key, _ in ranked[:_MAX_WALLETS]:
        line = f"· {wallet_name(*key)}: {_by_sort(sorts[key], locale=locale)}"
        room -= _units(line)
        if room < 0:
            break
        lines.append(line)
        listed += 1
    if left := ranked[listed:]:
        rest = locale.number(sum(number for _, number in left))
        wallets = locale.ngettext("{number} more wallet", "{number} more wallets", len(left))
        lines.append(f"· {wallets}: {rest}")
    return lines


def _by_sort(sorts: Counter[str], *, locale: Locale = ENGLISH) -> str:
    return ", ".join(counted(sort, number, locale=locale) for sort, number in sorts.most_common())


def _units(line: str) -> int:
    return len(plain(line).encode("utf-16-le")) // 2 + 1
