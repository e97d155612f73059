"""The first line of an activity's alert: who did what, how much, of what. Pure."""

from collections.abc import Callable, Sequence

from domain.activity.activity import SOL, WRAPPED_SOL, Activity, Kind, Leg
from domain.activity.addresses import short
from domain.activity.exchanges import EXCHANGES
from messaging.languages.locale import ENGLISH, Locale, gettext_noop
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
    """Return what went out: of the wallet, or of an order that held it."""
    return activity.paid or activity.from_order


def incoming(activity: Activity) -> tuple[Leg, ...]:
    """Return what came in: to the wallet, or to somebody else in its stead."""
    return activity.received or activity.elsewhere


def names_of(facts: AlertFacts[Activity]) -> TokenNames:
    """Return what the tokens of an alert are called."""
    return TokenNames(chain=facts.event.chain, symbols=facts.symbols, locale=facts.locale)


def exact_names_of(facts: AlertFacts[Activity]) -> TokenNames:
    """The same for the quotation of exact figures, which stand in one form in every language."""
    locale = facts.locale.with_english_numbers()
    return TokenNames(chain=facts.event.chain, symbols=facts.symbols, locale=locale)


def sum_of(legs: Sequence[Leg], phrase: Callable[[Leg], str], *, locale: Locale = ENGLISH) -> str:
    """`84.2 SOL + 38.4K WIF`, each as `phrase` puts it; of many only the number.

    Args:
        legs: what was paid, or received; none: it is not known.
        phrase: one leg as Telegram HTML.
        locale: of the reader.
    """
    if not legs:
        return locale.gettext("an unknown amount")
    if len(legs) > MAX_LEGS:
        return locale.ngettext("{number} token", "{number} tokens", len(legs))
    return " + ".join(phrase(leg) for leg in legs)


_Phrase = Callable[[AlertFacts[Activity], str], str]
"""The sentence of an alert, about whom it names."""


def headline(facts: AlertFacts[Activity]) -> str:
    """The first line: who did what."""
    sign, phrase = SIGNS_AND_PHRASES[facts.event.kind]
    return f"{sign} {phrase(facts, f'<b>{wallet_name(facts.label, facts.event.wallet)}</b>')}"


def _bought(facts: AlertFacts[Activity], who: str) -> str:
    """`bought $15.9K of WIF`; without a price `bought 38.4K WIF for 84.2 SOL`."""
    token, usd, locale = _single_mint(facts, "received"), facts.market.usd, facts.locale
    if usd is None or token is None:
        what, against = _side(facts, "received"), _side(facts, "paid")
        said = locale.gettext("{who} bought {what} for {against}", who=who, what=what, against=against)
    else:
        name, worth = names_of(facts).of(token), short_dollars(usd, locale=locale)
        said = locale.gettext("{who} bought {dollars} of {token}", who=who, dollars=worth, token=name)
    return _transferred_out(facts, said)


def _sold(facts: AlertFacts[Activity], who: str) -> str:
    """`sold $15.9K of WIF`, `sold ALL WIF for $15.9K`; without a price `sold 38.4K WIF for 84.2 SOL`."""
    token, usd, locale = _single_mint(facts, "paid"), facts.market.usd, facts.locale
    if usd is None or token is None:
        sides = {"who": who, "what": _side(facts, "paid"), "against": _side(facts, "received")}
        if is_sold_out(facts.event):
            said = locale.gettext("{who} sold ALL {what} for {against}", **sides)
        else:
            said = locale.gettext("{who} sold {what} for {against}", **sides)
        return _transferred_out(facts, said)
    sides = {"who": who, "token": names_of(facts).of(token), "dollars": short_dollars(usd, locale=locale)}
    if is_sold_out(facts.event):
        return _transferred_out(facts, locale.gettext("{who} sold ALL {token} for {dollars}", **sides))
    return _transferred_out(facts, locale.gettext("{who} sold {dollars} of {token}", **sides))


def _transferred_out(facts: AlertFacts[Activity], said: str) -> str:
    """The sentence, and to whom it went, where what came in came to somebody else."""
    other = facts.event.elsewhere_to
    if not other:
        return said
    return facts.locale.gettext("{sentence}, given to {other}", sentence=said, other=escape(short(other)))


def _swapped(facts: AlertFacts[Activity], who: str) -> str:
    """`swapped 84.2 SOL for 38.4K WIF ($15.9K)`."""
    given, got = _side(facts, "paid"), _side(facts, "received") + _worth(facts)
    return facts.locale.gettext("{who} swapped {given} for {got}", who=who, given=given, got=got)


def _worth(facts: AlertFacts[Activity]) -> str:
    usd = facts.market.usd
    return "" if usd is None else f" ({short_dollars(usd, locale=facts.locale)})"


def _single_mint(facts: AlertFacts[Activity], side: str) -> str | None:
    legs = outgoing(facts.event) if side == "paid" else incoming(facts.event)
    return legs[0].mint if len(legs) == 1 else None


def _moved(sentence: str, *, side: str, with_party: str = "") -> _Phrase:
    """`received 12 SOL from Abcd…wxyz`; without `with_party` nothing is said of the other side."""

    def phrase(facts: AlertFacts[Activity], who: str) -> str:
        party, bridge, locale = facts.event.counterparty, facts.event.bridge, facts.locale
        what = _side(facts, side) + _worth(facts)
        if with_party and party:
            said = locale.gettext(with_party, who=who, what=what, party=_party(party))
        else:
            said = locale.gettext(sentence, who=who, what=what)
        if not bridge:
            return said
        through = escape(own_name(bridge, limit=MAX_VENUE))
        return locale.gettext("{sentence} through {bridge}", sentence=said, bridge=through)

    return phrase


def _party(address: str) -> str:
    """`Binance (5tzF…uAi9)`, where the address is an exchange's; else the shortened address."""
    exchange = EXCHANGES.get(address)
    return escape(short(address)) if exchange is None else f"{exchange} ({escape(short(address))})"


def _whatever(sentence: str) -> _Phrase:
    """For what has no usual shape: both sides, as far as there are any."""

    def phrase(facts: AlertFacts[Activity], who: str) -> str:
        paid, received, locale = facts.event.paid, facts.event.received, facts.locale
        names, parts = names_of(facts), [locale.gettext(sentence, who=who)]
        if paid:
            parts.append(locale.gettext("gave {what}", what=sum_of(paid, names.compact, locale=locale)))
        if received:
            parts.append(locale.gettext("got {what}", what=sum_of(received, names.compact, locale=locale)))
        return " · ".join(parts)

    return phrase


def _opened(sentence: str, *, side: str) -> _Phrase:
    """For a position, into which something may have gone: `opened a position: 84.2 SOL`."""

    def phrase(facts: AlertFacts[Activity], who: str) -> str:
        said = facts.locale.gettext(sentence, who=who)
        is_empty = not (facts.event.paid if side == "paid" else facts.event.received)
        return said if is_empty else f"{said}: {_side(facts, side)}"

    return phrase


def _staked(facts: AlertFacts[Activity], who: str) -> str:
    """One side only moves, whichever it is."""
    legs = facts.event.paid or facts.event.received
    what = sum_of(legs, names_of(facts).compact, locale=facts.locale)
    return facts.locale.gettext("{who} staked {what}", who=who, what=what)


_RECEIVED = _moved(
    gettext_noop("{who} received {what}"),
    side="received",
    with_party=gettext_noop("{who} received {what} from {party}"),
)
_SENT = _moved(
    gettext_noop("{who} sent {what}"), side="paid", with_party=gettext_noop("{who} sent {what} to {party}")
)
SIGNS_AND_PHRASES: dict[Kind, tuple[str, _Phrase]] = {
    Kind.BUY: ("🟢", _bought),
    Kind.SELL: ("🔴", _sold),
    Kind.SWAP: ("🔄", _swapped),
    Kind.TRANSFER_IN: ("📥", _RECEIVED),
    Kind.TRANSFER_OUT: ("📤", _SENT),
    Kind.MINT: ("🪙", _moved(gettext_noop("{who} minted {what}"), side="received")),
    Kind.BURN: ("🔥", _moved(gettext_noop("{who} burned {what}"), side="paid")),
    Kind.STAKE: ("🔒", _staked),
    Kind.UNSTAKE: ("🔓", _moved(gettext_noop("{who} unstaked {what}"), side="received")),
    Kind.LIQUIDITY_ADD: ("💧", _moved(gettext_noop("{who} added liquidity: {what}"), side="paid")),
    Kind.LIQUIDITY_REMOVE: ("🚰", _moved(gettext_noop("{who} removed liquidity: {what}"), side="received")),
    Kind.NFT_TRADE: ("🖼", _whatever(gettext_noop("{who} traded an NFT"))),
    Kind.CREATE: ("✨", _whatever(gettext_noop("{who} created a token"))),
    Kind.ORDER_OPEN: ("🧾", _moved(gettext_noop("{who} put into an order: {what}"), side="paid")),
    Kind.ORDER_CLOSE: ("↩️", _moved(gettext_noop("{who} got back from an order: {what}"), side="received")),
    Kind.LENDING_DEPOSIT: ("🏦", _moved(gettext_noop("{who} deposited into lending: {what}"), side="paid")),
    Kind.LENDING_WITHDRAW: (
        "🏧",
        _moved(gettext_noop("{who} withdrew from lending: {what}"), side="received"),
    ),
    Kind.LENDING_BORROW: ("🏦", _moved(gettext_noop("{who} borrowed {what}"), side="received")),
    Kind.LENDING_REPAY: ("🏦", _moved(gettext_noop("{who} repaid {what}"), side="paid")),
    Kind.POSITION_OPEN: ("🗂", _opened(gettext_noop("{who} opened a position"), side="paid")),
    Kind.POSITION_CLOSE: ("🗂", _opened(gettext_noop("{who} closed a position"), side="received")),
    Kind.OTHER: ("❔", _whatever(gettext_noop("{who} made a transaction of an unknown kind"))),
}


def _side(facts: AlertFacts[Activity], name: str) -> str:
    legs = outgoing(facts.event) if name == "paid" else incoming(facts.event)
    tokens = tuple(leg for leg in legs if leg.mint != SOL or leg.raw > _SMALL_CHANGE)
    return sum_of(tokens or legs, names_of(facts).compact, locale=facts.locale)
