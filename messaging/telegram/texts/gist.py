"""The first line of a message about many events: what happened, as a phone's notification shows it. Pure.

7 trades · $41K: Cora 1 full exit MITTEN, Bela 3 sells KRILL, Ahab 3 buys TITHE
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.activity import amounts
from domain.activity.activity import SOL_DECIMALS, TRADES, Activity, Kind
from domain.activity.prices import NO_MARKET, MarketFacts
from domain.alerts.kinds import AlertEvent, rules_of
from domain.tokens.token_trades import TokenTraded
from messaging.languages.locale import ENGLISH, Locale, ngettext_noop
from messaging.telegram.escaping import plain
from messaging.telegram.names import TokenNames
from messaging.telegram.texts.alert import ALERT_TEXTS, subject_mint, texts_of
from messaging.telegram.texts.kinds import counted_kind
from messaging.telegram.texts.market import is_sold_out, short_dollars

MAX_GIST = 110
"""Characters that a phone's notification shows of a message, without its sign and its number."""
_EXIT = "exit"
"""The sort of sales after which nothing is left."""
_TRADES = frozenset({_EXIT, *(kind.value for kind in TRADES)})
_COUNTED = {
    _EXIT: ngettext_noop("{number} full exit", "{number} full exits"),
    **{sort: forms for texts in ALERT_TEXTS.values() for sort, forms in texts.counted.items()},
}
"""What is no kind of activity; those: texts/kinds.py."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventGroup:
    """Events of one wallet, kind and token, summarised together."""

    who: str
    """The wallet's name as Telegram HTML."""
    subject: str
    """Its address."""
    sort: str
    """The kind; of sales a full exit is one of its own."""
    token: str = ""
    """The token's name as Telegram HTML; empty: none, or not known."""
    number: int = 1
    lamports: int | None = 0
    """What they moved in SOL, together; None: not known of all."""
    usd: Decimal = Decimal(0)
    """What they moved in dollars, together, as far as it is known."""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Groups of one key are one."""
        return self.subject, self.who, self.sort, self.token

    @property
    def weight(self) -> tuple[bool, bool, Decimal, int, int]:
        """By which they are sorted, the greatest first: exits, sales, then the largest, then the most."""
        return *_urgency(self.sort), self.usd, self.lamports or 0, self.number


def _urgency(sort: str) -> tuple[bool, bool]:
    """Exits come first, then other sales."""
    return sort == _EXIT, sort == Kind.SELL


def event_group(
    event: AlertEvent,
    label: str,
    symbols: Mapping[str, str | None],
    market: MarketFacts = NO_MARKET,
    *,
    locale: Locale = ENGLISH,
) -> EventGroup:
    """One event.

    Args:
        event: what happened.
        label: what the chat calls the wallet; it may be empty.
        symbols: by mint; None: the token has none, or it is not known.
        market: what it was worth, where the event does not say that itself.
        locale: of the reader.
    """
    mint, texts, rules = subject_mint(event), texts_of(event), rules_of(event)
    return EventGroup(
        who=texts.who(label, event),
        subject=rules.subject(event),
        sort=_EXIT if isinstance(event, Activity) and is_sold_out(event) else rules.sort(event),
        token=TokenNames(chain=event.chain, symbols=symbols, locale=locale).of(mint) if mint else "",
        lamports=texts.lamports(event),
        usd=worth(event, market) or Decimal(0),
    )


def worth(event: AlertEvent, market: MarketFacts) -> Decimal | None:
    """The dollars that an event moved; None: not known, or it moved nothing itself."""
    return event.usd if market.usd is None and isinstance(event, TokenTraded) else market.usd


def together(event_groups: Iterable[EventGroup]) -> list[EventGroup]:
    """Those of one wallet, kind and token as one, the most urgent first."""
    found: dict[tuple[str, str, str, str], list[EventGroup]] = {}
    for one in event_groups:
        found.setdefault(one.key, []).append(one)
    merged = (
        EventGroup(
            who=same[0].who,
            subject=same[0].subject,
            sort=same[0].sort,
            token=same[0].token,
            number=_number(same),
            lamports=_lamports(same),
            usd=sum((one.usd for one in same), Decimal(0)),
        )
        for same in found.values()
    )
    return sorted(merged, key=lambda one: one.weight, reverse=True)


def counted(sort: str, number: int, *, locale: Locale = ENGLISH) -> str:
    """`1 buy`, `4 sells`, `2 transfers in`.

    Args:
        sort: a kind of activity, of alert, or of pattern; or a full exit.
        number: how many.
        locale: of the reader.
    """
    known = _COUNTED.get(sort)
    if known is not None:
        return locale.ngettext(*known, number)
    return counted_kind(number, sort, locale=locale) or f"{number:,} × {sort}"


def noun(event_groups: Sequence[EventGroup], *, locale: Locale = ENGLISH) -> str:
    """Return what all of them are: `7 trades`, `1 event`."""
    total = _number(event_groups)
    if all(one.sort in _TRADES for one in event_groups):
        return locale.ngettext("{number} trade", "{number} trades", total)
    return locale.ngettext("{number} event", "{number} events", total)


def gist(event_groups: Iterable[EventGroup], *, locale: Locale = ENGLISH) -> str:
    """`Bela 4 sells KRILL, Ahab 3 buys TITHE and 5 more`, as Telegram HTML; at least one is named."""
    parts: list[str] = []
    ranked = together(event_groups)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalWorth:
    """What events moved together."""

    usd: Decimal
    """Of those of which it is known."""
    is_known: bool
    """Whether it is known of one at least."""
    is_all: bool
    """Whether it is known of all that moved something."""
    has_trades: bool
    """Whether a trade is among them."""

    def words(self, *, locale: Locale = ENGLISH) -> str:
        """`$41K`, `at least $41K`; empty: of none of them it is known."""
        if not self.is_known:
            return ""
        dollars = short_dollars(self.usd, locale=locale)
        return dollars if self.is_all else locale.gettext("at least {dollars}", dollars=dollars)


def total_worth(events: Iterable[tuple[AlertEvent | None, MarketFacts]]) -> TotalWorth:
    """What changed hands, each movement once, however many of the events report it; None: only counted."""
    moved: dict[object, Decimal | None] = {}
    has_trades = False
    for number, (event, market) in enumerate(events):
        activity = event.activity if isinstance(event, TokenTraded) else event
        if event is None:
            moved[number] = None
        if event is None or not isinstance(activity, Activity):
            continue
        usd, key = worth(event, market), _movement(activity)
        moved[key] = moved.get(key) if usd is None else usd
        has_trades = has_trades or activity.kind in TRADES
    known = [usd for usd in moved.values() if usd is not None]
    return TotalWorth(
        usd=sum(known, Decimal(0)),
        is_known=bool(known),
        is_all=len(known) == len(moved),
        has_trades=has_trades,
    )


def _movement(activity: Activity) -> object:
    """A key that what one wallet sent shares with what the other one received."""
    if activity.counterparty and activity.kind in {Kind.TRANSFER_IN, Kind.TRANSFER_OUT}:
        legs = activity.paid or activity.received
        parties = frozenset((activity.wallet, activity.counterparty))
        return activity.signature, parties, tuple(leg.mint for leg in legs)
    return activity.signature, activity.wallet, activity.index


def reverted_number(number: int, *, locale: Locale = ENGLISH) -> str:
    """`❌ 3 reverted`: how many of the events never happened."""
    return locale.ngettext("❌ {number} reverted", "❌ {number} reverted", number)


def totals(event_groups: Iterable[EventGroup], *, locale: Locale = ENGLISH) -> str:
    """`12 sells (340 SOL), 3 buys (3+ SOL)`: all kinds, with the SOL of each; a plus: not known of all."""
    kinds: dict[str, list[EventGroup]] = {}
    for one in event_groups:
        kinds.setdefault(one.sort, []).append(one)
    ranked = sorted(kinds.values(), key=_sort_weight, reverse=True)
    return ", ".join(
        f"{counted(same[0].sort, _number(same), locale=locale)}{_sol(same, locale=locale)}" for same in ranked
    )


def _sort_weight(same: Sequence[EventGroup]) -> tuple[bool, bool, int, int]:
    return *_urgency(same[0].sort), _lamports(same), _number(same)


def _sol(event_groups: Sequence[EventGroup], *, locale: Locale = ENGLISH) -> str:
    known = _lamports(event_groups)
    plus = "+" if any(one.lamports is None for one in event_groups) else ""
    return f" ({locale.figure(amounts.compact(known, SOL_DECIMALS))}{plus} SOL)" if known else ""


def _lamports(event_groups: Sequence[EventGroup]) -> int:
    return sum(one.lamports or 0 for one in event_groups)


def _number(event_groups: Sequence[EventGroup]) -> int:
    return sum(one.number for one in event_groups)
