"""The alert of an activity: the first line carries the whole meaning, the last lines are exact. Pure.

🟢 Toly-2 bought $15.9K of WIF
84.2 SOL → 38.4K WIF @ $0.414 · new position
MC $412M · liq $4.4M · 2 y old · impact 0.3%
Jupiter → Raydium · 14:03:07 · Tx · Chart · Trade
> 84.2 SOL → 38,410.25 WIF @ 0.002192 SOL
> fee 0.01 SOL · tip 0.001 SOL · slot 341,220,118
> EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm

Without a price in dollars the first line says what was given for what: bought 38.4K WIF for 84.2 SOL.
"""

from decimal import Decimal

from domain.activity.activity import SOL, SOL_DECIMALS, TRADES, WRAPPED_SOL, Activity, Kind, Leg
from domain.activity.amounts import short_number
from domain.activity.own_size import own_size
from domain.activity.prices import fill_in_dollars
from domain.rules.rules import Field
from messaging.languages.locale import Locale, gettext_noop
from messaging.telegram.escaping import escape, own_name
from messaging.telegram.names import TokenNames, links, wallet_name
from messaging.telegram.texts.alert_kind import COUNT, AlertFacts, AlertTexts
from messaging.telegram.texts.headlines import (
    MAX_LEGS,
    MAX_VENUE,
    SIGNS_AND_PHRASES,
    exact_names_of,
    headline,
    incoming,
    names_of,
    outgoing,
    subject_mint,
    sum_of,
)
from messaging.telegram.texts.kinds import kind_words
from messaging.telegram.texts.market import (
    grade_line,
    market_line,
    percent,
    position_words,
    price_dollars,
    share_words,
    short_dollars,
)
from messaging.telegram.texts.times import exact_time_of_day, slot_words, span_in_minutes


def _exact_amounts(facts: AlertFacts[Activity]) -> str:
    """`84.2 SOL → 38,410.25 WIF @ 0.002192 SOL`, or one side where only one moved."""
    names, activity = exact_names_of(facts), facts.event
    both = [legs for legs in (outgoing(activity), incoming(activity)) if legs]
    sides = [sum_of(legs, names.exact, locale=facts.locale) for legs in both]
    return sides[0] if len(sides) == 1 else " → ".join(sides) + (_price(activity, names) or "")


def _trade_line(facts: AlertFacts[Activity]) -> str:
    """`84.2 SOL → 38.4K WIF @ $0.414 · new position`; empty: no trade, so that the first line says all."""
    names, activity = names_of(facts), facts.event
    if activity.kind not in TRADES:
        return ""
    both = [legs for legs in (outgoing(activity), incoming(activity)) if legs]
    sides = [sum_of(legs, names.compact, locale=facts.locale) for legs in both]
    fill = fill_in_dollars(activity, facts.market)
    price = _price(activity, names) if fill is None else f" @ {price_dollars(fill, locale=facts.locale)}"
    unknown = facts.locale.gettext("price unknown") if price is None else ""
    is_filled = not activity.paid and bool(activity.from_order)
    filled = facts.locale.gettext("filled by a limit order") if is_filled else ""
    hides_position = Field.POSITION in facts.display.hidden
    position = "" if hides_position else position_words(activity, facts.market, locale=facts.locale)
    shares = (
        ""
        if hides_position
        else share_words(activity, facts.market, facts.late.book_share, locale=facts.locale)
    )
    parts = (" → ".join(sides) + (price or ""), unknown, position, shares, filled)
    return " · ".join(part for part in parts if part)


def _share_of_holding(facts: AlertFacts[Activity]) -> str:
    """`40% of what it had of it · 12% of its book`, of a transfer; empty: nothing of that is known."""
    if Field.POSITION in facts.display.hidden:
        return ""
    position = position_words(facts.event, facts.market, locale=facts.locale)
    share = share_words(facts.event, facts.market, facts.late.book_share, locale=facts.locale)
    return " · ".join(part for part in (position, share) if part)


def _costs_line(activity: Activity, names: TokenNames, *, locale: Locale) -> str:
    """`fee 0.01 SOL · tip 0.001 SOL · slot 341,220,118`: what of the amount paid were costs, and where."""
    extras = []
    if activity.venue_fee > 0:
        extras.append(locale.gettext("fee {amount}", amount=_exact_sol(activity.venue_fee, names)))
    if activity.tip > 0:
        extras.append(locale.gettext("tip {amount}", amount=_exact_sol(activity.tip, names)))
    return " · ".join([*extras, slot_words(activity.slot, locale=locale)])


def _exact_sol(raw: int, names: TokenNames) -> str:
    return names.exact(Leg(mint=SOL, raw=raw, decimals=SOL_DECIMALS))


def _price(activity: Activity, names: TokenNames) -> str | None:
    """` @ $0.414`; empty: there is none; None: it is not known."""
    if len(outgoing(activity)) != 1 or len(incoming(activity)) != 1:
        return ""
    paid, received = outgoing(activity)[0], incoming(activity)[0]
    if activity.kind is Kind.BUY or activity.kind is Kind.SWAP:
        price = names.price(paid, received)
    elif activity.kind is Kind.SELL:
        price = names.price(received, paid)
    else:
        return ""
    return f" @ {price}" if price else None


def _venue_line(facts: AlertFacts[Activity]) -> str:
    """`Jupiter → Raydium · 14:03:07 · Tx · Chart · Trade`."""
    activity = facts.event
    route = "" if Field.ROUTE in facts.display.hidden else _venue(activity)
    linked = links(
        activity.chain, activity.signature, subject_mint(activity), facts.display, locale=facts.locale
    )
    parts = [route, exact_time_of_day(facts.happened_at), *linked]
    return " · ".join(part for part in parts if part)


def _venue(activity: Activity) -> str:
    stations = activity.route or ((activity.venue,) if activity.venue else ())
    named = dict.fromkeys(own_name(station, limit=MAX_VENUE) for station in stations)
    return " → ".join(escape(name) for name in [*named][:MAX_LEGS] if name)


def _exact(facts: AlertFacts[Activity]) -> str:
    """Every figure to the last digit, in a quotation that a tap opens."""
    mint = subject_mint(facts.event)
    lines = [
        _exact_amounts(facts),
        _costs_line(facts.event, exact_names_of(facts), locale=facts.locale),
        *([f"<code>{escape(mint)}</code>"] if mint else []),
    ]
    return "<blockquote expandable>" + "\n".join(line for line in lines if line) + "</blockquote>"


def _size_line(facts: AlertFacts[Activity]) -> str:
    """`💵 Your $500 now: 1,190 WIF · impact 0.4% · 1.6% above its fill`; empty: unset, or without dollars."""
    usd, drift, price = facts.display.size_usd, facts.late.drift, facts.event.price
    if usd is None or facts.market.usd is None or facts.event.kind not in _BUYS:
        return ""
    found = own_size(facts.event, facts.market, usd, drift)
    if found is None or price is None:
        dollars = short_dollars(usd, locale=facts.locale)
        return facts.locale.gettext("💵 Your {dollars}: not known, the trade shows no pool", dollars=dollars)
    got = f"{facts.locale.figure(short_number(found.tokens))} {names_of(facts).of(price.token)}"
    if drift is None:
        first = facts.locale.gettext(
            "💵 Your {dollars}: {got}", dollars=short_dollars(usd, locale=facts.locale), got=got
        )
    else:
        first = facts.locale.gettext(
            "💵 Your {dollars} now: {got}", dollars=short_dollars(usd, locale=facts.locale), got=got
        )
    impact = facts.locale.gettext("impact {percent}", percent=percent(found.impact, locale=facts.locale))
    return " · ".join([first, impact, _above_fill(facts, found.above_fill)])


def _above_fill(facts: AlertFacts[Activity], more: Decimal) -> str:
    """`1.6% above its fill`, and whether that is too late."""
    if more < 0:
        return facts.locale.gettext(
            "{percent} below its fill", percent=percent(abs(more), locale=facts.locale)
        )
    above = facts.locale.gettext("{percent} above its fill", percent=percent(more, locale=facts.locale))
    if more <= facts.display.size_limit:
        return above
    return facts.locale.gettext("<b>too late: {above}</b>", above=above)


def _unknown(facts: AlertFacts[Activity]) -> str:
    """Why a trade has no dollars, in two words; empty: it has some, or its price is called unknown."""
    activity = facts.event
    is_priced = facts.market.usd is not None or _price(activity, names_of(facts)) is None
    return "" if is_priced or activity.kind not in TRADES else facts.locale.gettext("dollars unknown")


def _details(facts: AlertFacts[Activity]) -> list[str]:
    hidden = facts.display.hidden
    market = market_line(
        facts.event,
        facts.market,
        facts.happened_at,
        drift=facts.late.drift,
        hidden=hidden,
        locale=facts.locale,
    )
    safety = grade_line(facts.late.grade, locale=facts.locale) if facts.event.kind in _BUYS else ""
    trade = " · ".join(part for part in (_trade_line(facts), _unknown(facts)) if part)
    lines = [
        trade or _share_of_holding(facts),
        _context_line(facts),
        market,
        _size_line(facts),
        safety,
    ]
    return [*lines, _venue_line(facts), _exact(facts)]


def _context_line(facts: AlertFacts[Activity]) -> str:
    """`rotated out of BONK, sold 3 min before · 2 others you follow hold it`; empty: neither."""
    outcome, parts = facts.market.outcome, []
    if outcome is not None and outcome.rotated_from is not None:
        before = span_in_minutes(max(60, outcome.rotated_seconds or 0), locale=facts.locale)
        token = names_of(facts).of(outcome.rotated_from)
        parts.append(
            facts.locale.gettext("rotated out of {token}, sold {time} before", token=token, time=before)
        )
    if facts.others:
        parts.append(
            facts.locale.ngettext(
                "{number} other you follow holds it", "{number} others you follow hold it", facts.others
            )
        )
    return " · ".join(parts)


_BUYS = frozenset({Kind.BUY, Kind.SWAP})
"""After these somebody may want to buy the same."""


def _line(facts: AlertFacts[Activity]) -> str:
    short_lines = [_trade_line(facts), _venue_line(facts)]
    return "\n".join([" · ".join(line for line in short_lines if line), _exact(facts)])


def _short(facts: AlertFacts[Activity]) -> str:
    """`🟢 84.2 SOL → 38.4K WIF @ $0.414 · new position · Tx`."""
    sign, _ = SIGNS_AND_PHRASES[facts.event.kind]
    linked = links(facts.event.chain, facts.event.signature, None, facts.display, locale=facts.locale)
    return " · ".join([f"{sign} {_trade_line(facts) or _exact_amounts(facts)}", *linked])


def _exact_line(facts: AlertFacts[Activity]) -> str:
    costs = _costs_line(facts.event, exact_names_of(facts), locale=facts.locale)
    return f"{_exact_amounts(facts)} · {costs}"


def _words(facts: AlertFacts[Activity]) -> str:
    sign, _ = SIGNS_AND_PHRASES[facts.event.kind]
    mint = subject_mint(facts.event)
    what = f" {names_of(facts).of(mint)}" if mint else ""
    who = wallet_name(facts.label, facts.event.wallet)
    kind = facts.event.kind
    done = _DONE.get(kind)
    words = kind_words(kind, locale=facts.locale) if done is None else facts.locale.gettext(done)
    return f"{sign} <b>{who}</b>: {COUNT} × {words}{what}"


_DONE = {
    Kind.BUY: gettext_noop("bought"),
    Kind.SELL: gettext_noop("sold"),
    Kind.SWAP: gettext_noop("swapped"),
    Kind.TRANSFER_IN: gettext_noop("received"),
    Kind.TRANSFER_OUT: gettext_noop("sent"),
    Kind.MINT: gettext_noop("minted"),
    Kind.BURN: gettext_noop("burned"),
    Kind.STAKE: gettext_noop("staked"),
    Kind.UNSTAKE: gettext_noop("unstaked"),
}


def _why_urgent(activity: Activity, locale: Locale) -> str:
    if activity.kind is Kind.SELL:
        return locale.gettext("a sell may be an exit")
    if activity.kind is Kind.SWAP:
        return locale.gettext("a swap may be an exit")
    return locale.gettext("another wallet that you follow holds this token")


def _lamports(activity: Activity) -> int:
    sides = (activity.paid or activity.from_order, activity.received or activity.elsewhere)
    return max(sum(leg.raw for leg in side if leg.mint in {SOL, WRAPPED_SOL}) for side in sides)


ACTIVITY_TEXTS: AlertTexts[Activity] = AlertTexts(
    headline=headline,
    details=_details,
    line=_line,
    words=_words,
    sort=lambda activity, locale: kind_words(activity.kind, locale=locale),
    seen=lambda activity, locale: slot_words(activity.slot, locale=locale),
    why_urgent=_why_urgent,
    who=lambda label, activity: wallet_name(label, activity.wallet),
    lamports=_lamports,
    mint=subject_mint,
    short=_short,
    exact=_exact_line,
)
