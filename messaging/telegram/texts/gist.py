"""The first line of a message about many events: what happened, as a phone's notification shows it. Pure.

7 trades: Bela 4 sells KRILL, Ahab 3 buys TITHE
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.activity import amounts
from domain.activity.activity import SOL_DECIMALS, TRADES, Kind
from domain.alerts.kinds import AlertEvent, AlertKind, rules_of
from domain.patterns.found import Pattern
from messaging.telegram.escaping import plain
from messaging.telegram.names import TokenNames
from messaging.telegram.texts.alert import subject_mint, texts_of

MAX_GIST = 110
"""Characters that a phone's notification shows of a message, without its sign and its number."""
_TRADES = frozenset(kind.value for kind in TRADES)
_NOUNS = {
    Kind.TRANSFER_IN.value: ("transfer in", "transfers in"),
    Kind.TRANSFER_OUT.value: ("transfer out", "transfers out"),
    Kind.LIQUIDITY_ADD.value: ("liquidity added", "times liquidity added"),
    Kind.LIQUIDITY_REMOVE.value: ("liquidity removed", "times liquidity removed"),
    Kind.NFT_TRADE.value: ("NFT trade", "NFT trades"),
    Kind.CREATE.value: ("new token", "new tokens"),
    Kind.ORDER_OPEN.value: ("order opened", "orders opened"),
    Kind.ORDER_CLOSE.value: ("order closed", "orders closed"),
    Kind.POSITION_OPEN.value: ("position opened", "positions opened"),
    Kind.POSITION_CLOSE.value: ("position closed", "positions closed"),
    Kind.OTHER.value: ("other", "others"),
    AlertKind.PRICE.value: ("price alert", "price alerts"),
    AlertKind.SAFETY.value: ("danger", "dangers"),
    AlertKind.TOKEN_TRADE.value: ("trade by somebody", "trades by anybody"),
    Pattern.CONFLUENCE.value: ("confluence", "confluences"),
    Pattern.LEAVING.value: ("leaving together", "times leaving together"),
    Pattern.ACCUMULATION.value: ("buying in slices", "times buying in slices"),
    Pattern.AWAKENING.value: ("awakening", "awakenings"),
    Pattern.MOVE.value: ("moved house", "times moved house"),
}


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


def happening(event: AlertEvent, label: str, symbols: Mapping[str, str | None]) -> Happening:
    """One event."""
    mint, texts, rules = subject_mint(event), texts_of(event), rules_of(event)
    return Happening(
        who=texts.who(label, event),
        subject=rules.subject(event),
        sort=rules.sort(event),
        token=TokenNames(chain=event.chain, symbols=symbols).of(mint) if mint else "",
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


def counted(sort: str, number: int) -> str:
    """`1 buy`, `4 sells`, `2 transfers in`."""
    word = sort.replace("_", " ")
    one, many = _NOUNS.get(sort, (word, f"{word}s"))
    return f"{number:,} {one if number == 1 else many}"


def noun(happenings: Sequence[Happening]) -> str:
    """What all of them are: `7 trades`, `1 event`."""
    total = _number(happenings)
    word = "trade" if all(one.sort in _TRADES for one in happenings) else "event"
    return f"{total:,} {word}{'' if total == 1 else 's'}"


def gist(happenings: Iterable[Happening]) -> str:
    """`Bela 4 sells KRILL, Ahab 3 buys TITHE and 5 more`, as Telegram HTML; at least one is named."""
    parts: list[str] = []
    ranked = together(happenings)
    room, before = MAX_GIST, ""
    for one in ranked:
        who = "" if not one.who or (one.subject + one.who) == before else f"{one.who} "
        part = f"{who}{counted(one.sort, one.number)}{f' {one.token}' if one.token else ''}"
        room -= len(plain(part)) + 2
        if room < 0 and parts:
            break
        parts.append(part)
        before = one.subject + one.who
    rest = _number(ranked[len(parts) :])
    return ", ".join(parts) + (f" and {rest:,} more" if rest else "")


def totals(happenings: Iterable[Happening]) -> str:
    """`12 sells (340 SOL), 3 buys (3+ SOL)`: all kinds, with the SOL of each; a plus: not known of all."""
    kinds: dict[str, list[Happening]] = {}
    for one in happenings:
        kinds.setdefault(one.sort, []).append(one)
    ranked = sorted(kinds.values(), key=_sort_weight, reverse=True)
    return ", ".join(f"{counted(same[0].sort, _number(same))}{_sol(same)}" for same in ranked)


def _sort_weight(same: Sequence[Happening]) -> tuple[bool, int, int]:
    return same[0].sort == Kind.SELL, _lamports(same), _number(same)


def _sol(happenings: Sequence[Happening]) -> str:
    known = _lamports(happenings)
    plus = "+" if any(one.lamports is None for one in happenings) else ""
    return f" ({amounts.compact(known, SOL_DECIMALS)}{plus} SOL)" if known else ""


def _lamports(happenings: Sequence[Happening]) -> int:
    return sum(one.lamports or 0 for one in happenings)


def _number(happenings: Sequence[Happening]) -> int:
    return sum(one.number for one in happenings)
