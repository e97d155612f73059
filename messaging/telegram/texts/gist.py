"""The first line of a message about many events: what happened, as a phone's notification shows it. Pure.

7 trades: Bela 4 sells KRILL, Ahab 3 buys TITHE
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.activity import amounts
from domain.activity.activity import SOL_DECIMALS, TRADES, Kind
from domain.alerts.kinds import AlertEvent, AlertKind, rules_of
from domain.patterns.found import Pattern
from messaging.languages.locale import ENGLISH, Locale, ngettext_noop
from messaging.telegram.escaping import plain
from messaging.telegram.names import TokenNames
from messaging.telegram.texts.alert import subject_mint, texts_of
from messaging.telegram.texts.kinds import counted_kind

MAX_GIST = 110
"""Characters that a phone's notification shows of a message, without its sign and its number."""
_TRADES = frozenset(kind.value for kind in TRADES)
_COUNTED = {
    AlertKind.PRICE.value: ngettext_noop("{number} price alert", "{number} price alerts"),
    AlertKind.SAFETY.value: ngettext_noop("{number} danger", "{number} dangers"),
    AlertKind.TOKEN_TRADE.value: ngettext_noop("{number} trade by somebody", "{number} trades by anybody"),
    Pattern.CONFLUENCE.value: ngettext_noop("{number} confluence", "{number} confluences"),
    Pattern.LEAVING.value: ngettext_noop("{number} leaving together", "{number} times leaving together"),
    Pattern.ACCUMULATION.value: ngettext_noop("{number} buying in slices", "{number} times buying in slices"),
    Pattern.AWAKENING.value: ngettext_noop("{number} awakening", "{number} awakenings"),
    Pattern.MOVE.value: ngettext_noop("{number} moved house", "{number} times moved house"),
}
"""Events that are no activities; those: texts/kinds.py."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Events of one wallet, kind and token, by which they are named together."""

    who: str
    """The wallet's name as Telegram HTML."""
    subject: str
    """Its address."""
    sort: str
    """The kind."""
    token: str = ""
    """The token's name as Telegram HTML; empty: none, or not known."""
    number: int = 1
    lamports: int | None = 0
    """What they moved in SOL, together; None: not known of all."""

    @property
    def weight(self) -> tuple[bool, int, int]:
        """By which they are sorted, the greatest first: exits, then the largest, then the most."""
        return self.sort == Kind.SELL, self.lamports or 0, self.number


def happening(
    event: AlertEvent, label: str, symbols: Mapping[str, str | None], *, locale: Locale = ENGLISH
) -> Happening:
    """One event."""
    mint, texts, rules = subject_mint(event), texts_of(event), rules_of(event)
    return Happening(
        who=texts.who(label, event),
        subject=rules.subject(event),
        sort=rules.sort(event),
        token=TokenNames(chain=event.chain, symbols=symbols, locale=locale).of(mint) if mint else "",
        lamports=texts.lamports(event),
    )


def together(happenings: Iterable[Happening]) -> list[Happening]:
    """Those of one wallet, kind and token as one; exits first, then the largest."""
    found: dict[tuple[str, str, str, str], list[Happening]] = {}
    for one in happenings:
        found.setdefault((one.subject, one.who, one.sort, one.token), []).append(one)
    merged = (
        Happening(
            who=same[0].who,
            subject=same[0].subject,
            sort=same[0].sort,
            token=same[0].token,
            number=_number(same),
            lamports=_lamports(same),
        )
        for same in found.values()
    )
    return sorted(merged, key=lambda one: one.weight, reverse=True)


def counted(sort: str, number: int, *, locale: Locale = ENGLISH) -> str:
    """`1 buy`, `4 sells`, `2 transfers in`."""
    known = _COUNTED.get(sort)
    if known is not None:
        return locale.ngettext(*known, number)
    return counted_kind(number, sort, locale=locale) or f"{number:,} × {sort}"


def noun(happenings: Sequence[Happening], *, locale: Locale = ENGLISH) -> str:
    """What all of them are: `7 trades`, `1 event`."""
    total = _number(happenings)
    if all(one.sort in _TRADES for one in happenings):
        return locale.ngettext("{number} trade", "{number} trades", total)
    return locale.ngettext("{number} event", "{number} events", total)


def gist(happenings: Iterable[Happening], *, locale: Locale = ENGLISH) -> str:
    """`Bela 4 sells KRILL, Ahab 3 buys TITHE and 5 more`, as Telegram HTML; at least one is named."""
    parts: list[str] = []
    ranked = together(happenings)
    room, before = MAX_GIST, ""
    for one in ranked:
        who = "" if not one.who or (one.subject + one.who) == before else f"{one.who} "
        part = f"{who}{counted(one.sort, one.number, locale=locale)}{f' {one.token}' if one.token else ''}"
        room -= len(plain(part)) + 2
        if room < 0 and parts:
            break
        parts.append(part)
        before = one.subject + one.who
    rest = _number(ranked[len(parts) :])
    said = ", ".join(parts)
    return (
        locale.ngettext("{list} and {number} more", "{list} and {number} more", rest, list=said)
        if rest
        else said
    )


def reverted_number(number: int, *, locale: Locale = ENGLISH) -> str:
    """`❌ 3 reverted`: how many of the events never happened."""
    return locale.ngettext("❌ {number} reverted", "❌ {number} reverted", number)


def totals(happenings: Iterable[Happening], *, locale: Locale = ENGLISH) -> str:
    """`12 sells (340 SOL), 3 buys (3+ SOL)`: all kinds, with the SOL of each; a plus: not known of all."""
    kinds: dict[str, list[Happening]] = {}
    for one in happenings:
        kinds.setdefault(one.sort, []).append(one)
    ranked = sorted(kinds.values(), key=_sort_weight, reverse=True)
    return ", ".join(
        f"{counted(same[0].sort, _number(same), locale=locale)}{_sol(same, locale=locale)}" for same in ranked
    )


def _sort_weight(same: Sequence[Happening]) -> tuple[bool, int, int]:
    return same[0].sort == Kind.SELL, _lamports(same), _number(same)


def _sol(happenings: Sequence[Happening], *, locale: Locale = ENGLISH) -> str:
    known = _lamports(happenings)
    plus = "+" if any(one.lamports is None for one in happenings) else ""
    return f" ({locale.figure(amounts.compact(known, SOL_DECIMALS))}{plus} SOL)" if known else ""


def _lamports(happenings: Sequence[Happening]) -> int:
    return sum(one.lamports or 0 for one in happenings)


def _number(happenings: Sequence[Happening]) -> int:
    return sum(one.number for one in happenings)
