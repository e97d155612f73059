"""What an event is worth, and its token's market, in a few words: short figures in dollars, cut. Pure.

$15.9K · MC $412M · liq $4.4M · 2 y old · impact 0.3% · new position
"""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from domain.activity.activity import SOL, SOL_DECIMALS, WRAPPED_SOL, Activity, Kind
from domain.activity.amounts import as_decimal, price_number, short_number
from domain.activity.exits import share_given
from domain.activity.outcomes import Outcome
from domain.activity.prices import NO_MARKET, MarketFacts
from domain.rules.rules import Field
from domain.security.checks import GradeSummary, Verdict
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.texts.times import in_unit

_MINUTE, _HOUR, _DAY, _YEAR = 60, 3_600, 86_400, 31_557_600
_CENT = Decimal("0.01")
_MIN_IMPACT = Decimal("0.001")
_WHOLE_PERCENT = Decimal("0.1")
_CUT_OFF = Decimal("0.0001")
_NEARLY_ONE = Decimal("0.99")
_NEARLY_ALL = Decimal("0.995")


def short_dollars(usd: Decimal, *, locale: Locale = ENGLISH) -> str:
    """`$15.9K`, `$84.20`, `$0.42`; below a cent as a price."""
    if usd >= 1_000:  # noqa: PLR2004 - from here on cents say nothing
        return locale.figure(f"${short_number(usd)}")
    if usd < _CENT:
        return price_dollars(usd, locale=locale)
    whole, cents = divmod(int(usd * 100), 100)
    return locale.figure(f"${whole}.{cents:02}" if cents else f"${whole}")


def price_dollars(usd: Decimal, *, locale: Locale = ENGLISH) -> str:
    """The price of one token: `$86,943`, `$1.234`, and `$0.0₇2988` for seven zeros."""
    return locale.figure(f"${price_number(usd)}")


def position_words(activity: Activity, market: MarketFacts = NO_MARKET, *, locale: Locale = ENGLISH) -> str:
    """`new position`, `added · average now $0.41`, `sold 40% of it · +34% (+$1.2K) · held 3 h 12 min`.

    Empty: nothing is known, or nothing is special.

    Args:
        activity: whose balances before and after decide; None there: nothing is said of the share.
        market: its worth, and what the ledger made of it, if it was booked.
        locale: of the reader.
    """
    before, after, outcome = activity.token_before, activity.token_after, market.outcome
    parts = []
    if before is not None and after is not None:
        if activity.kind is Kind.BUY and before == 0 and after > 0:
            parts.append(locale.gettext("new position"))
        if activity.kind is Kind.SELL and 0 < after < before:
            share = percent(Decimal(before - after) / before, locale=locale)
            parts.append(locale.gettext("sold {share} of it", share=share))
        if activity.kind is Kind.TRANSFER_OUT and before > after:
            return _sent_words(before, after, outcome, locale=locale)
    if activity.kind is Kind.SWAP and (given := share_given(activity)) is not None:
        parts.append(_given_words(given, locale=locale))
    if outcome is not None:
        parts += _outcome_words(outcome, _sol_dollars(activity, market), locale=locale)
    return " · ".join(parts)


def _given_words(share: Decimal, *, locale: Locale) -> str:
    if share == 1:
        return locale.gettext("gave all that it had")
    return locale.gettext("gave {share} of what it had", share=percent(share, locale=locale))


def _sent_words(before: int, after: int, outcome: Outcome | None, *, locale: Locale) -> str:
    """All is only said where what was seen of the wallet agrees: it may have other accounts."""
    if not after:
        is_all = outcome is not None and outcome.sent_all
        return locale.gettext("all that it had of it") if is_all else ""
    return locale.gettext(
        "{share} of what it had of it", share=percent(Decimal(before - after) / before, locale=locale)
    )


def share_words(
    activity: Activity, market: MarketFacts, book_share: Decimal | None = None, *, locale: Locale = ENGLISH
) -> str:
    """`18% of its book · holds 0.4% of supply`: how much it is to the wallet, and to the token.

    Args:
        activity: the trade; of anything but a purchase, or what was sent away, nothing is said.
        market: its worth.
        book_share: the part of what the wallet is known to have; None: not known.
        locale: of who reads it.
    """
    if activity.kind not in {Kind.BUY, Kind.TRANSFER_OUT}:
        return ""
    parts = []
    if book_share is not None and book_share >= _MIN_SHARE:
        parts.append(locale.gettext("{share} of its book", share=percent(book_share, locale=locale)))
    supply = _supply_share(activity, market) if activity.kind is Kind.BUY else None
    if supply is not None and _MIN_SHARE <= supply <= 1:
        parts.append(locale.gettext("holds {share} of supply", share=percent(supply, locale=locale)))
    return " · ".join(parts)


_MIN_SHARE = Decimal("0.001")


def _supply_share(activity: Activity, market: MarketFacts) -> Decimal | None:
    """The part of all of the token that the wallet holds after a trade."""
    leg = next(iter(activity.received), None)
    if leg is None or leg.decimals is None or activity.token_after is None:
        return None
    if len(activity.received) != 1 or not market.market_cap or market.price_usd is None:
        return None
    return as_decimal(activity.token_after, leg.decimals) * market.price_usd / market.market_cap


def _sol_dollars(activity: Activity, market: MarketFacts) -> Decimal | None:
    """Dollars for one SOL by the worth of a trade that brought SOL and nothing else; None: not known."""
    if market.usd is None or len(activity.received) != 1:
        return None
    leg = activity.received[0]
    if leg.mint not in {SOL, WRAPPED_SOL} or not leg.raw:
        return None
    return market.usd / as_decimal(leg.raw, SOL_DECIMALS)


def _outcome_words(outcome: Outcome, sol_usd: Decimal | None, *, locale: Locale = ENGLISH) -> list[str]:
    if outcome.is_added:
        added, average = locale.gettext("added"), outcome.average_usd
        if average is None:
            return [added]
        return [added, locale.gettext("average now {price}", price=price_dollars(average, locale=locale))]
    if outcome.gain_share is None or not outcome.known_share:
        return []
    gain = change(outcome.gain_share, locale=locale)
    if money := _gain_money(outcome, sol_usd, locale=locale):
        gain += f" ({money})"
    gain = gain_on(gain, outcome.known_share, locale=locale)
    if outcome.held_seconds is None:
        return [gain]
    return [gain, locale.gettext("held {time}", time=time_held(outcome.held_seconds, locale=locale))]


def _gain_money(outcome: Outcome, sol_usd: Decimal | None, *, locale: Locale = ENGLISH) -> str:
    """`+$1.2K`, in the currency of its share: one in SOL beside one in dollars may have the other sign.

    Args:
        outcome: of a sale.
        sol_usd: dollars for one SOL at this sale; None: not known, so SOL it is.
        locale: of the reader.
    """
    sol = None if outcome.gain_sol is None else as_decimal(outcome.gain_sol, SOL_DECIMALS)
    usd = outcome.gain_usd if sol is None else None if sol_usd is None else sol * sol_usd
    gain = sol if usd is None else usd
    if not gain:
        return ""
    size = short_dollars(abs(gain), locale=locale)
    if usd is None:
        size = f"{locale.figure(short_number(abs(gain)))} SOL"
    return f"{'−' if gain < 0 else '+'}{size}"


def gain_on(gain: str, known_share: Decimal | None, *, locale: Locale = ENGLISH) -> str:
    """`+34% on the 40% whose cost is known`; `+34%` where that is all.

    Args:
        gain: in words.
        known_share: the part of what was sold whose cost is known; None: not told.
        locale: of the reader.
    """
    if known_share is None or known_share >= _NEARLY_ALL:
        return gain
    known = percent(known_share, locale=locale)
    return locale.gettext("{gain} on the {share} whose cost is known", gain=gain, share=known)


def time_held(seconds: int, *, locale: Locale = ENGLISH) -> str:
    """`40 s`, `12 min`, `3 h 12 min`, `2 d 4 h`: two units where they say more, cut."""
    for size, unit, lesser, smaller in ((_DAY, "d", _HOUR, "h"), (_HOUR, "h", _MINUTE, "min")):
        if seconds >= size:
            whole, rest = in_unit(seconds // size, unit, locale=locale), seconds % size // lesser
            return f"{whole} {in_unit(rest, smaller, locale=locale)}" if rest else whole
    return (
        in_unit(seconds // _MINUTE, "min", locale=locale)
        if seconds >= _MINUTE
        else in_unit(seconds, "s", locale=locale)
    )


def is_sold_out(activity: Activity) -> bool:
    """Return whether the wallet sold all that it had of the token in the accounts of this transaction."""
    return activity.kind is Kind.SELL and bool(activity.token_before) and activity.token_after == 0


def market_line(
    activity: Activity,
    market: MarketFacts,
    at: datetime,
    *,
    drift: Decimal | None = None,
    hidden: Collection[Field] = (),
    locale: Locale = ENGLISH,
) -> str:
    """`MC $412M · liq $4.4M · 2 y old · impact 0.3% · now +1.2%`, of what is known; empty: nothing is.

    Args:
        activity: the trade.
        market: its worth.
        at: when it happened.
        drift: by which part of itself the price has moved since; None: not known.
        hidden: what the chat leaves out.
        locale: of who reads it.
    """
    parts = [] if Field.MARKET in hidden else _market_parts(market, at, locale=locale)
    impact = None if activity.price is None else activity.price.impact
    if impact is not None and abs(impact) >= _MIN_IMPACT and Field.IMPACT not in hidden:
        parts.append(locale.gettext("impact {percent}", percent=percent(abs(impact), locale=locale)))
    if drift is not None and Field.DRIFT not in hidden:
        parts.append(locale.gettext("now {change}", change=change(drift, locale=locale)))
    if market.usd is not None and not market.is_sol_certain:
        parts.append(locale.gettext("SOL price uncertain"))
    return " · ".join(parts)


_VERDICTS = {Verdict.PASS: "✓", Verdict.WARN: "⚠", Verdict.FAIL: "✗", Verdict.UNKNOWN: "?"}


def grade_line(summary: GradeSummary | None, *, locale: Locale = ENGLISH) -> str:
    """`🛡 A · control ✓ holders ✓ liquidity ? (18/19)`; empty: there is no scan."""
    if summary is None:
        return ""
    families = (
        (locale.gettext("control"), summary.control),
        (locale.gettext("holders"), summary.holders),
        (locale.gettext("liquidity"), summary.liquidity),
    )
    words = " ".join(f"{name} {_VERDICTS[verdict]}" for name, verdict in families)
    return f"🛡 {summary.grade.value} · {words} ({summary.decided}/{summary.of})"


def _market_parts(market: MarketFacts, at: datetime, *, locale: Locale = ENGLISH) -> list[str]:
    parts = []
    if market.market_cap is not None:
        parts.append(market_cap(market.market_cap, locale=locale))
    if market.liquidity is not None:
        parts.append(liquidity(market.liquidity, locale=locale))
    if market.token_created_at is not None:
        old = age(int((at - market.token_created_at).total_seconds()), locale=locale)
        text = locale.gettext("{age} old", age=old) if parts else locale.gettext("token {age} old", age=old)
        parts.append(text)
    return parts


def market_cap(usd: Decimal, *, locale: Locale = ENGLISH) -> str:
    """`MC $412M`."""
    return locale.gettext("MC {dollars}", dollars=short_dollars(usd, locale=locale))


def liquidity(usd: Decimal, *, locale: Locale = ENGLISH) -> str:
    """`liq $4.4M`."""
    return locale.gettext("liq {dollars}", dollars=short_dollars(usd, locale=locale))


def age(seconds: int, *, locale: Locale = ENGLISH) -> str:
    """`2 y`, `40 d`, `3 h`, `12 min`, `40 s`: in the largest unit of which there is one, cut."""
    for size, unit in ((_YEAR, "y"), (_DAY, "d"), (_HOUR, "h")):
        if seconds >= size:
            return in_unit(seconds // size, unit, locale=locale)
    return (
        in_unit(seconds // _MINUTE, "min", locale=locale)
        if seconds >= _MINUTE
        else in_unit(max(seconds, 0), "s", locale=locale)
    )


def change(share: Decimal, *, locale: Locale = ENGLISH) -> str:
    """`+1.2%`, `−40%`, `+0%`: by which part of itself something has changed."""
    size = percent(abs(share), locale=locale)
    is_loss = share < 0 and size != percent(Decimal(0), locale=locale)
    return f"{'−' if is_loss else '+'}{size}"


def percent(share: Decimal, *, locale: Locale = ENGLISH) -> str:
    """`0.3%`, `40%`, `1,900%`: tenths below ten percent, cut; `99%` of what is not all.

    What lacks less than a hundredth of the last digit has only been cut by the chain: 39.99999% are `40%`.
    """
    if share + _CUT_OFF / 10 < _WHOLE_PERCENT:
        tenths = int((share + _CUT_OFF / 10) * 1_000)
        return locale.percent(f"{tenths // 10}.{tenths % 10}" if tenths % 10 else f"{tenths // 10}")
    whole = share if _NEARLY_ONE < share < 1 else share + _CUT_OFF
    return locale.percent(f"{int(whole * 100):,}")
