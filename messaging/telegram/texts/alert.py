"""The message of an alert: the first line carries the whole meaning, the rest is exact. Pure.

🟢 Toly-2 bought 38,410 WIF for 84.2 SOL
84.2 SOL → 38,410.25 WIF @ 0.002192 SOL
Jupiter → Raydium · slot 341,220,118 · 14:03:07 · Solscan · Explorer
EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from domain.activity.activity import SOL, SOL_DECIMALS, WRAPPED_SOL, Activity, Kind, Leg
from domain.activity.addresses import short
from messaging.telegram.escaping import clean, escape
from messaging.telegram.explorers import transaction_links
from messaging.telegram.names import TokenNames, wallet_name

LATE_SECONDS = 60.0
"""An alert older than this says how late it is."""
_MAX_LEGS = 3
"""Amounts told one by one; of more, only their number is told."""
_MAX_VENUE = 32
REVERTED = "❌ <b>Reverted:</b> the chain dropped the block of this transaction, so it did not happen"
"""The first line of an alert that was told before its transaction was confirmed, and that did not stay."""
REVERTED_SIGN = "❌ reverted: "
"""Before such an event among others."""
_SMALL_CHANGE = 10_000_000
"""Lamports up to which SOL beside a token is rent or the like: exact in the second line, not in the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFacts:
    """Everything an alert's message tells."""

    activity: Activity
    label: str
    """What the chat calls the wallet; empty: nothing."""
    symbols: Mapping[str, str | None]
    """Mint to symbol as the chain says it; missing: not known."""
    happened_at: datetime
    """The block's time, or when it was seen."""
    age: float
    """Seconds from `happened_at` to now."""
    possible_repeat: bool = False
    """The answer to an earlier send was lost, so that this may be the second copy."""
    notes: Sequence[str] = ()
    """What the reader should know of how it was decided, as Telegram HTML."""
    reverted: bool = False
    """Whether the transaction died with its fork."""


def alert_text(facts: AlertFacts) -> str:
    """The message as Telegram HTML, under 4,096 characters."""
    first = [REVERTED] if facts.reverted else []
    lines = [*first, headline(facts), *_warnings(facts), _amounts(facts), _venue_line(facts), *_mints(facts)]
    return "\n".join(line for line in lines if line)


def reverted_text(facts: AlertFacts) -> str:
    """The line for those whose message cannot be edited."""
    return f"{REVERTED}\n{headline(facts)}"


def event_lines(facts: AlertFacts) -> str:
    """The same event among others: what happened, and exactly what and where, in two lines."""
    return "\n".join(
        [f"{_sign(facts)}{headline(facts)}\n{_amounts(facts)} · {_venue_line(facts)}", *facts.notes]
    )


def event_words(facts: AlertFacts) -> str:
    """What an event has in common with others of its sort: who did what with which token."""
    sign, _ = _KINDS[facts.activity.kind]
    mint = subject_mint(facts.activity)
    what = f" {_names(facts).of(mint)}" if mint else ""
    who = wallet_name(facts.label, facts.activity.wallet)
    return f"{_sign(facts)}{sign} <b>{who}</b> {facts.activity.kind.value.replace('_', ' ')}{what}"


def subject_mint(activity: Activity) -> str | None:
    """The token that the activity is about, which its buttons scan and copy; None: only SOL moved."""
    received_first = activity.kind is not Kind.SELL
    sides = (activity.received, activity.paid) if received_first else (activity.paid, activity.received)
    tokens = [leg.mint for legs in sides for leg in legs if leg.mint not in {SOL, WRAPPED_SOL}]
    return tokens[0] if tokens else None


def _sign(facts: AlertFacts) -> str:
    return REVERTED_SIGN if facts.reverted else ""


_Phrase = Callable[[AlertFacts, TokenNames], str]


def headline(facts: AlertFacts) -> str:
    """The first line: who did what."""
    activity = facts.activity
    sign, phrase = _KINDS[activity.kind]
    who = wallet_name(facts.label, activity.wallet)
    return f"{sign} <b>{who}</b> {phrase(facts, _names(facts))}"


def _traded(verb: str, *, what: str, against: str, joint: str) -> _Phrase:
    """`bought 38,410 WIF for 84.2 SOL`; `what` and `against` name the sides of the activity."""

    def phrase(facts: AlertFacts, names: TokenNames) -> str:
        return f"{verb} {_side(facts, what, names)} {joint} {_side(facts, against, names)}"

    return phrase


def _moved(verb: str, *, what: str, other: str = "") -> _Phrase:
    """`received 12 SOL from Abcd…wxyz`; without `other` nothing is said of the other side."""

    def phrase(facts: AlertFacts, names: TokenNames) -> str:
        party = facts.activity.counterparty
        suffix = f" {other} {escape(short(party))}" if other and party else ""
        return f"{verb} {_side(facts, what, names)}{suffix}"

    return phrase


def _whatever(verb: str) -> _Phrase:
    """For what has no usual shape: both sides, as far as there are any."""

    def phrase(facts: AlertFacts, names: TokenNames) -> str:
        paid, received = facts.activity.paid, facts.activity.received
        gave = f" · gave {_sum(paid, names.compact)}" if paid else ""
        got = f" · got {_sum(received, names.compact)}" if received else ""
        return f"{verb}{gave}{got}"

    return phrase


def _either(verb: str) -> _Phrase:
    """For what moves one side only, whichever it is."""

    def phrase(facts: AlertFacts, names: TokenNames) -> str:
        legs = facts.activity.paid or facts.activity.received
        return f"{verb} {_sum(legs, names.compact)}"

    return phrase


_KINDS: dict[Kind, tuple[str, _Phrase]] = {
    Kind.BUY: ("🟢", _traded("bought", what="received", against="paid", joint="for")),
    Kind.SELL: ("🔴", _traded("sold", what="paid", against="received", joint="for")),
    Kind.SWAP: ("🔄", _traded("swapped", what="paid", against="received", joint="to")),
    Kind.TRANSFER_IN: ("📥", _moved("received", what="received", other="from")),
    Kind.TRANSFER_OUT: ("📤", _moved("sent", what="paid", other="to")),
    Kind.MINT: ("🪙", _moved("minted", what="received")),
    Kind.BURN: ("🔥", _moved("burned", what="paid")),
    Kind.STAKE: ("🔒", _either("staked")),
    Kind.UNSTAKE: ("🔓", _moved("unstaked", what="received")),
    Kind.LIQUIDITY_ADD: ("💧", _moved("added liquidity:", what="paid")),
    Kind.LIQUIDITY_REMOVE: ("🚰", _moved("removed liquidity:", what="received")),
    Kind.NFT_TRADE: ("🖼", _whatever("traded an NFT")),
    Kind.CREATE: ("✨", _whatever("created a token")),
    Kind.OTHER: ("❔", _whatever("did something we cannot name")),
}


def _warnings(facts: AlertFacts) -> list[str]:
    warnings = []
    if facts.possible_repeat:
        warnings.append("♻️ Possible repeat: Telegram did not confirm the first copy")
    if facts.age > LATE_SECONDS:
        warnings.append(f"⏱ {span(facts.age)} late")
    return [*warnings, *facts.notes]


def _amounts(facts: AlertFacts) -> str:
    """`84.2 SOL → 38,410.25 WIF @ 0.002192 SOL`, or one side where only one moved."""
    names, activity = _names(facts), facts.activity
    sides = [_sum(legs, names.exact) for legs in (_outgoing(activity), activity.received) if legs]
    if len(sides) == 1:
        return sides[0]
    return " → ".join(sides) + _price(activity, names) + _costs(activity, names)


def _costs(activity: Activity, names: TokenNames) -> str:
    """What of the amount paid went to the venue and as a tip, and whether an order paid it."""
    costs = [("fee", activity.venue_fee), ("tip", activity.tip)]
    extras = [
        f"{word} {names.compact(Leg(mint=SOL, raw=raw, decimals=SOL_DECIMALS))}"
        for word, raw in costs
        if raw > 0
    ]
    filled = [] if activity.paid or not activity.from_order else ["filled from an order"]
    return "".join(f" · {part}" for part in extras + filled)


def _outgoing(activity: Activity) -> tuple[Leg, ...]:
    """What went out: of the wallet, or of an order that held it."""
    return activity.paid or activity.from_order


def _price(activity: Activity, names: TokenNames) -> str:
    if len(_outgoing(activity)) != 1 or len(activity.received) != 1:
        return ""
    paid, received = _outgoing(activity)[0], activity.received[0]
    if activity.kind is Kind.BUY or activity.kind is Kind.SWAP:
        price = names.price(paid, received)
    elif activity.kind is Kind.SELL:
        price = names.price(received, paid)
    else:
        return ""
    return f" @ {price}" if price else " · price unknown"


def _venue_line(facts: AlertFacts) -> str:
    """Venue, slot, time and links."""
    activity = facts.activity
    parts = [_venue(activity), f"slot {activity.slot:,}", _time(facts.happened_at)]
    return " · ".join(
        [part for part in parts if part] + [*transaction_links(activity.chain, activity.signature)]
    )


def _venue(activity: Activity) -> str:
    stations = activity.route or ((activity.venue,) if activity.venue else ())
    named = dict.fromkeys(clean(station, limit=_MAX_VENUE) for station in stations)
    return " → ".join(escape(name) for name in [*named][:_MAX_LEGS] if name)


def _time(moment: datetime) -> str:
    """The time of day, which each reader sees in their own zone."""
    time_text = moment.astimezone(UTC).strftime("%H:%M:%S UTC")
    return f'<tg-time unix="{int(moment.timestamp())}" format="T">{time_text}</tg-time>'


def _mints(facts: AlertFacts) -> list[str]:
    mint = subject_mint(facts.activity)
    return [f"<code>{escape(mint)}</code>"] if mint else []


def _side(facts: AlertFacts, name: str, names: TokenNames) -> str:
    legs = _outgoing(facts.activity) if name == "paid" else facts.activity.received
    tokens = tuple(leg for leg in legs if leg.mint != SOL or leg.raw > _SMALL_CHANGE)
    return _sum(tokens or legs, names.compact)


def _sum(legs: Sequence[Leg], phrase: Callable[[Leg], str]) -> str:
    if not legs:
        return "an unknown amount"
    if len(legs) > _MAX_LEGS:
        return f"{len(legs)} tokens"
    return " + ".join(phrase(leg) for leg in legs)


def _names(facts: AlertFacts) -> TokenNames:
    return TokenNames(chain=facts.activity.chain, symbols=facts.symbols)


def span(seconds: float) -> str:
    """`3 min`, `2 h 5 min`, `4 d`: cut, never rounded up."""
    minutes = int(seconds // 60)
    if minutes < 60:  # noqa: PLR2004 - an hour
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 48:  # noqa: PLR2004 - two days
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{hours // 24} d"
