"""The first line of an activity's alert: who did what, how much, of what. Pure."""

from collections.abc import Callable, Sequence

from domain.activity.activity import SOL, WRAPPED_SOL, Activity, Kind, Leg
from domain.activity.addresses import short
from domain.activity.exchanges import EXCHANGES
from messaging.telegram.escaping import escape, own_name
from messaging.telegram.names import TokenNames, wallet_name
from messaging.telegram.texts.alert_kind import AlertFacts
from messaging.telegram.texts.market import is_sold_out, short_dollars

MAX_LEGS = 3
"""Amounts listed one by one; of more, only their number is given."""
MAX_VENUE = 32
_SMALL_CHANGE = 10_000_000
"""Lamports up to which SOL beside a token is rent or the like: exact in the second line, not in the first."""


def subject_mint(activity: Activity) -> str | None:
    """The token that the activity is about, which its buttons scan and copy; None: only SOL moved."""
    received_first = activity.kind is not Kind.SELL
    given, taken = outgoing(activity), incoming(activity)
    sides = (taken, given) if received_first else (given, taken)
    tokens = [leg.mint for legs in sides for leg in legs if leg.mint not in {SOL, WRAPPED_SOL}]
    return tokens[0] if tokens else None


def outgoing(activity: Activity) -> tuple[Leg, ...]:
    """What went out: of the wallet, or of an order that held it."""
    return activity.paid or activity.from_order


def incoming(activity: Activity) -> tuple[Leg, ...]:
    """What came in: to the wallet, or to somebody else in its stead."""
    return activity.received or activity.elsewhere


def names_of(facts: AlertFacts[Activity]) -> TokenNames:
    """What the tokens of an alert are called."""
    return TokenNames(chain=facts.event.chain, symbols=facts.symbols)


def sum_of(legs: Sequence[Leg], phrase: Callable[[Leg], str]) -> str:
    """`84.2 SOL + 38.4K WIF`, each as `phrase` puts it; of many only the number."""
    if not legs:
        return "an unknown amount"
    if len(legs) > MAX_LEGS:
        return f"{len(legs)} tokens"
    return " + ".join(phrase(leg) for leg in legs)


_Phrase = Callable[[AlertFacts[Activity], TokenNames], str]


def headline(facts: AlertFacts[Activity]) -> str:
    """The first line: who did what."""
    activity = facts.event
    sign, phrase = SIGNS_AND_PHRASES[activity.kind]
    who = wallet_name(facts.label, activity.wallet)
    return f"{sign} <b>{who}</b> {phrase(facts, names_of(facts))}"


def _traded(verb: str, *, what: str, against: str) -> _Phrase:
    """`bought $15.9K of WIF`, `sold ALL WIF for $15.9K`; `what` and `against` name the sides."""

    def phrase(facts: AlertFacts[Activity], names: TokenNames) -> str:
        activity, usd = facts.event, facts.market.usd
        other = activity.elsewhere_to
        suffix = f", given to {escape(short(other))}" if other else ""
        token = _single_mint(facts, what)
        if usd is None or token is None:
            whole = "ALL " if is_sold_out(activity) else ""
            return f"{verb} {whole}{_side(facts, what, names)} for {_side(facts, against, names)}{suffix}"
        if is_sold_out(activity):
            return f"{verb} ALL {names.of(token)} for {short_dollars(usd)}{suffix}"
        return f"{verb} {short_dollars(usd)} of {names.of(token)}{suffix}"

    return phrase


def _swapped(facts: AlertFacts[Activity], names: TokenNames) -> str:
    """`swapped 84.2 SOL for 38.4K WIF ($15.9K)`."""
    given, got = _side(facts, "paid", names), _side(facts, "received", names)
    return f"swapped {given} for {got}{_worth(facts)}"


def _worth(facts: AlertFacts[Activity]) -> str:
    usd = facts.market.usd
    return "" if usd is None else f" ({short_dollars(usd)})"


def _single_mint(facts: AlertFacts[Activity], side: str) -> str | None:
    legs = outgoing(facts.event) if side == "paid" else incoming(facts.event)
    return legs[0].mint if len(legs) == 1 else None


def _moved(verb: str, *, what: str, other: str = "") -> _Phrase:
    """`received 12 SOL from Abcd…wxyz`; without `other` nothing is said of the other side."""

    def phrase(facts: AlertFacts[Activity], names: TokenNames) -> str:
        party, bridge = facts.event.counterparty, facts.event.bridge
        suffix = f" {other} {_party(party)}" if other and party else ""
        through = f" through {escape(own_name(bridge, limit=MAX_VENUE))}" if bridge else ""
        return f"{verb} {_side(facts, what, names)}{_worth(facts)}{suffix}{through}"

    return phrase


def _party(address: str) -> str:
    """`Binance (5tzF…uAi9)`, where the address is an exchange's; else the shortened address."""
    exchange = EXCHANGES.get(address)
    return escape(short(address)) if exchange is None else f"{exchange} ({escape(short(address))})"


def _whatever(verb: str) -> _Phrase:
    """For what has no usual shape: both sides, as far as there are any."""

    def phrase(facts: AlertFacts[Activity], names: TokenNames) -> str:
        paid, received = facts.event.paid, facts.event.received
        gave = f" · gave {sum_of(paid, names.compact)}" if paid else ""
        got = f" · got {sum_of(received, names.compact)}" if received else ""
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
        return f"{verb} {sum_of(legs, names.compact)}"

    return phrase


SIGNS_AND_PHRASES: dict[Kind, tuple[str, _Phrase]] = {
    Kind.BUY: ("🟢", _traded("bought", what="received", against="paid")),
    Kind.SELL: ("🔴", _traded("sold", what="paid", against="received")),
    Kind.SWAP: ("🔄", _swapped),
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


def _side(facts: AlertFacts[Activity], name: str, names: TokenNames) -> str:
    legs = outgoing(facts.event) if name == "paid" else incoming(facts.event)
    tokens = tuple(leg for leg in legs if leg.mint != SOL or leg.raw > _SMALL_CHANGE)
    return sum_of(tokens or legs, names.compact)
