"""The alert of an activity: the first line carries the whole meaning, the rest is exact. Pure.

🟢 Toly-2 bought 38,410 WIF for 84.2 SOL
84.2 SOL → 38,410.25 WIF @ 0.002192 SOL
Jupiter → Raydium · slot 341,220,118 · 14:03:07 · Solscan · Explorer
EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm
"""

from collections.abc import Callable, Sequence

from domain.activity.activity import SOL, SOL_DECIMALS, WRAPPED_SOL, Activity, Kind, Leg
from domain.activity.addresses import short
from messaging.telegram.escaping import escape, own_name
from messaging.telegram.names import TokenNames, transaction_links, wallet_name
from messaging.telegram.texts.alert_kind import COUNT, AlertFacts, AlertTexts
from messaging.telegram.texts.kinds import kind_words
from messaging.telegram.texts.times import exact_time_of_day

_MAX_LEGS = 3
"""Amounts listed one by one; of more, only their number is given."""
_MAX_VENUE = 32
_SMALL_CHANGE = 10_000_000
"""Lamports up to which SOL beside a token is rent or the like: exact in the second line, not in the first."""


def subject_mint(activity: Activity) -> str | None:
    """The token that the activity is about, which its buttons scan and copy; None: only SOL moved."""
    received_first = activity.kind is not Kind.SELL
    sides = (activity.received, activity.paid) if received_first else (activity.paid, activity.received)
    tokens = [leg.mint for legs in sides for leg in legs if leg.mint not in {SOL, WRAPPED_SOL}]
    return tokens[0] if tokens else None


_Phrase = Callable[[AlertFacts[Activity], TokenNames], str]


def _headline(facts: AlertFacts[Activity]) -> str:
    """The first line: who did what."""
    activity = facts.event
    sign, phrase = _KINDS[activity.kind]
    who = wallet_name(facts.label, activity.wallet)
    return f"{sign} <b>{who}</b> {phrase(facts, _names(facts))}"


def _traded(verb: str, *, what: str, against: str, joint: str) -> _Phrase:
    """`bought 38,410 WIF for 84.2 SOL`; `what` and `against` name the sides of the activity."""

    def phrase(facts: AlertFacts[Activity], names: TokenNames) -> str:
        other = facts.event.elsewhere_to
        suffix = f", given to {escape(short(other))}" if other else ""
        return f"{verb} {_side(facts, what, names)} {joint} {_side(facts, against, names)}{suffix}"

    return phrase


def _moved(verb: str, *, what: str, other: str = "") -> _Phrase:
    """`received 12 SOL from Abcd…wxyz`; without `other` nothing is said of the other side."""

    def phrase(facts: AlertFacts[Activity], names: TokenNames) -> str:
        party, bridge = facts.event.counterparty, facts.event.bridge
        suffix = f" {other} {escape(short(party))}" if other and party else ""
        through = f" through {escape(own_name(bridge, limit=_MAX_VENUE))}" if bridge else ""
        return f"{verb} {_side(facts, what, names)}{suffix}{through}"

    return phrase


def _whatever(verb: str) -> _Phrase:
    """For what has no usual shape: both sides, as far as there are any."""

    def phrase(facts: AlertFacts[Activity], names: TokenNames) -> str:
        paid, received = facts.event.paid, facts.event.received
        gave = f" · gave {_sum(paid, names.compact)}" if paid else ""
        got = f" · got {_sum(received, names.compact)}" if received else ""
        return f"{verb}{gave}{got}"

    return phrase


def _opened(verb: str, *, what: str) -> _Phrase:
    """For a position, into which something may have gone: `opened a position: 84.2 SOL`."""

    def phrase(facts: AlertFacts[Activity], names: TokenNames) -> str:
        is_empty = not (facts.event.paid if what == "paid" else facts.event.received)
        return verb if is_empty else f"{verb}: {_side(facts, what, names)}"

    return phrase


def _either(verb: str) -> _Phrase:
    """For what moves one side only, whichever it is."""

    def phrase(facts: AlertFacts[Activity], names: TokenNames) -> str:
        legs = facts.event.paid or facts.event.received
        return f"{verb} {_sum(legs, names.compact)}"

    return phrase


_KINDS: dict[Kind, tuple[str, _Phrase]] = {
    Kind.BUY: ("🟢", _traded("bought", what="received", against="paid", joint="for")),
    Kind.SELL: ("🔴", _traded("sold", what="paid", against="received", joint="for")),
    Kind.SWAP: ("🔄", _traded("swapped", what="paid", against="received", joint="for")),
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
    Kind.ORDER_OPEN: ("🧾", _moved("put into an order:", what="paid")),
    Kind.ORDER_CLOSE: ("↩️", _moved("got back from an order:", what="received")),
    Kind.LENDING_DEPOSIT: ("🏦", _moved("deposited into lending:", what="paid")),
    Kind.LENDING_WITHDRAW: ("🏧", _moved("withdrew from lending:", what="received")),
    Kind.LENDING_BORROW: ("🏦", _moved("borrowed", what="received")),
    Kind.LENDING_REPAY: ("🏦", _moved("repaid", what="paid")),
    Kind.POSITION_OPEN: ("🗂", _opened("opened a position", what="paid")),
    Kind.POSITION_CLOSE: ("🗂", _opened("closed a position", what="received")),
    Kind.OTHER: ("❔", _whatever("made a transaction I can't classify")),
}


def _amounts(facts: AlertFacts[Activity]) -> str:
    """`84.2 SOL → 38,410.25 WIF @ 0.002192 SOL`, or one side where only one moved."""
    names, activity = _names(facts), facts.event
    sides = [_sum(legs, names.exact) for legs in (_outgoing(activity), _incoming(activity)) if legs]
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
    filled = [] if activity.paid or not activity.from_order else ["filled by a limit order"]
    return "".join(f" · {part}" for part in extras + filled)


def _outgoing(activity: Activity) -> tuple[Leg, ...]:
    """What went out: of the wallet, or of an order that held it."""
    return activity.paid or activity.from_order


def _incoming(activity: Activity) -> tuple[Leg, ...]:
    """What came in: to the wallet, or to somebody else in its stead."""
    return activity.received or activity.elsewhere


def _price(activity: Activity, names: TokenNames) -> str:
    if len(_outgoing(activity)) != 1 or len(_incoming(activity)) != 1:
        return ""
    paid, received = _outgoing(activity)[0], _incoming(activity)[0]
    if activity.kind is Kind.BUY or activity.kind is Kind.SWAP:
        price = names.price(paid, received)
    elif activity.kind is Kind.SELL:
        price = names.price(received, paid)
    else:
        return ""
    return f" @ {price}" if price else " · price unknown"


def _venue_line(facts: AlertFacts[Activity]) -> str:
    """Venue, slot, time and links."""
    activity = facts.event
    parts = [_venue(activity), f"slot {activity.slot:,}", exact_time_of_day(facts.happened_at)]
    return " · ".join(
        [part for part in parts if part] + [*transaction_links(activity.chain, activity.signature)]
    )


def _venue(activity: Activity) -> str:
    stations = activity.route or ((activity.venue,) if activity.venue else ())
    named = dict.fromkeys(own_name(station, limit=_MAX_VENUE) for station in stations)
    return " → ".join(escape(name) for name in [*named][:_MAX_LEGS] if name)


def _mints(facts: AlertFacts[Activity]) -> list[str]:
    mint = subject_mint(facts.event)
    return [f"<code>{escape(mint)}</code>"] if mint else []


def _side(facts: AlertFacts[Activity], name: str, names: TokenNames) -> str:
    legs = _outgoing(facts.event) if name == "paid" else _incoming(facts.event)
    tokens = tuple(leg for leg in legs if leg.mint != SOL or leg.raw > _SMALL_CHANGE)
    return _sum(tokens or legs, names.compact)


def _sum(legs: Sequence[Leg], phrase: Callable[[Leg], str]) -> str:
    if not legs:
        return "an unknown amount"
    if len(legs) > _MAX_LEGS:
        return f"{len(legs)} tokens"
    return " + ".join(phrase(leg) for leg in legs)


def _names(facts: AlertFacts[Activity]) -> TokenNames:
    return TokenNames(chain=facts.event.chain, symbols=facts.symbols)


def _details(facts: AlertFacts[Activity]) -> list[str]:
    return [_amounts(facts), _venue_line(facts), *_mints(facts)]


def _line(facts: AlertFacts[Activity]) -> str:
    return f"{_amounts(facts)} · {_venue_line(facts)}"


def _words(facts: AlertFacts[Activity]) -> str:
    sign, _ = _KINDS[facts.event.kind]
    mint = subject_mint(facts.event)
    what = f" {_names(facts).of(mint)}" if mint else ""
    who = wallet_name(facts.label, facts.event.wallet)
    kind = facts.event.kind
    return f"{sign} <b>{who}</b>: {COUNT} × {_DONE.get(kind, kind_words(kind))}{what}"


_DONE = {
    Kind.BUY: "bought",
    Kind.SELL: "sold",
    Kind.SWAP: "swapped",
    Kind.TRANSFER_IN: "received",
    Kind.TRANSFER_OUT: "sent",
    Kind.MINT: "minted",
    Kind.BURN: "burned",
    Kind.STAKE: "staked",
    Kind.UNSTAKE: "unstaked",
}


def _sort(activity: Activity) -> str:
    return activity.kind.value.replace("_", " ")


def _why_urgent(activity: Activity) -> str:
    if activity.kind is Kind.SELL:
        return "a sell may be an exit"
    return "another wallet that you follow holds this token"


ACTIVITY_TEXTS: AlertTexts[Activity] = AlertTexts(
    headline=_headline,
    details=_details,
    line=_line,
    words=_words,
    sort=_sort,
    seen=lambda activity: f"slot {activity.slot:,}",
    why_urgent=_why_urgent,
    mint=subject_mint,
)
