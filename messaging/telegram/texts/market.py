"""What an event is worth, and its token's market, in a few words: short figures in dollars, cut. Pure.

$15.9K · MC $412M · liq $4.4M · 2 y old · impact 0.3% · new position
"""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from domain.activity.activity import Activity, Kind
from domain.activity.amounts import as_decimal, price_number, short_number
from domain.activity.outcomes import Outcome
from domain.activity.prices import MarketFacts
from domain.rules.rules import Field
from domain.security.checks import GradeSummary, Verdict

_MINUTE, _HOUR, _DAY, _YEAR = 60, 3_600, 86_400, 31_557_600
_CENT = Decimal("0.01")
_MIN_IMPACT = Decimal("0.001")
_WHOLE_PERCENT = Decimal("0.1")
_NEARLY_ALL = Decimal("0.995")


def short_dollars(usd: Decimal) -> str:
    """`$15.9K`, `$84.20`, `$0.42`; below a cent as a price."""
    if usd >= 1_000:  # noqa: PLR2004 - from here on cents say nothing
        return f"${short_number(usd)}"
    if usd < _CENT:
        return price_dollars(usd)
    whole, cents = divmod(int(usd * 100), 100)
    return f"${whole}.{cents:02}" if cents else f"${whole}"


def price_dollars(usd: Decimal) -> str:
    """The price of one token: `$86,943`, `$1.234`, and `$0.0₇2988` for seven zeros."""
    return f"${price_number(usd)}"


def position_words(activity: Activity, outcome: Outcome | None = None) -> str:
    """`new position`, `added · average now $0.41`, `sold 40% of it · +34% (+$1.2K) · held 3 h 12 min`.

    Empty: nothing is known, or nothing is special.
    """
    before, after = activity.token_before, activity.token_after
    parts = []
    if before is not None and after is not None:
        if activity.kind is Kind.BUY and before == 0 and after > 0:
            parts.append("new position")
        if activity.kind is Kind.SELL and 0 < after < before:
            parts.append(f"sold {percent(Decimal(before - after) / before)} of it")
    return " · ".join(parts if outcome is None else [*parts, *_outcome_words(outcome)])


def share_words(activity: Activity, market: MarketFacts, book_share: Decimal | None = None) -> str:
    """`18% of its book · holds 0.4% of supply`: how much a purchase is to the wallet, and to the token.

    Args:
        activity: the trade; of anything but a purchase nothing is said.
        market: its worth.
        book_share: the part of what the wallet is known to have; None: not known.
    """
    if activity.kind is not Kind.BUY:
        return ""
    parts = []
    if book_share is not None and book_share >= _MIN_SHARE:
        parts.append(f"{percent(book_share)} of its book")
    supply = _supply_share(activity, market)
    if supply is not None and _MIN_SHARE <= supply <= 1:
        parts.append(f"holds {percent(supply)} of supply")
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


def _outcome_words(outcome: Outcome) -> list[str]:
    if outcome.is_added:
        average = outcome.average_usd
        return ["added"] if average is None else ["added", f"average now {price_dollars(average)}"]
    if outcome.gain_share is None or not outcome.known_share:
        return []
    gain = change(outcome.gain_share)
    if outcome.gain_usd:
        gain += f" ({'−' if outcome.gain_usd < 0 else '+'}{short_dollars(abs(outcome.gain_usd))})"
    if outcome.known_share < _NEARLY_ALL:
        gain += f" on the {percent(outcome.known_share)} whose cost is known"
    seconds = outcome.held_seconds
    return [gain] if seconds is None else [gain, f"held {time_held(seconds)}"]


def time_held(seconds: int) -> str:
    """`40 s`, `12 min`, `3 h 12 min`, `2 d 4 h`: two units where they say more, cut."""
    for size, unit, lesser, smaller in ((_DAY, "d", _HOUR, "h"), (_HOUR, "h", _MINUTE, "min")):
        if seconds >= size:
            rest = seconds % size // lesser
            return f"{seconds // size} {unit}" + (f" {rest} {smaller}" if rest else "")
    return f"{seconds // _MINUTE} min" if seconds >= _MINUTE else f"{seconds} s"


def is_sold_out(activity: Activity) -> bool:
    """Whether the wallet sold all that it had of the token in the accounts of this transaction."""
    return activity.kind is Kind.SELL and bool(activity.token_before) and activity.token_after == 0


def market_line(
    activity: Activity,
    market: MarketFacts,
    at: datetime,
    *,
    drift: Decimal | None = None,
    hidden: Collection[Field] = (),
) -> str:
    """`MC $412M · liq $4.4M · 2 y old · impact 0.3% · now +1.2%`, of what is known; empty: nothing is.

    Args:
        activity: the trade.
        market: its worth.
        at: when it happened.
        drift: by which part of itself the price has moved since; None: not known.
        hidden: what the chat leaves out.
    """
    parts = [] if Field.MARKET in hidden else _market_parts(market, at)
    impact = None if activity.price is None else activity.price.impact
    if impact is not None and abs(impact) >= _MIN_IMPACT and Field.IMPACT not in hidden:
        parts.append(f"impact {percent(abs(impact))}")
    if drift is not None and Field.DRIFT not in hidden:
        parts.append(f"now {change(drift)}")
    if market.usd is not None and not market.is_sol_certain:
        parts.append("SOL price uncertain")
    return " · ".join(parts)


_VERDICTS = {Verdict.PASS: "✓", Verdict.WARN: "⚠", Verdict.FAIL: "✗", Verdict.UNKNOWN: "?"}


def grade_line(summary: GradeSummary | None) -> str:
    """`🛡 A · control ✓ holders ✓ liquidity ? (18/19)`; empty: there is no scan."""
    if summary is None:
        return ""
    families = {"control": summary.control, "holders": summary.holders, "liquidity": summary.liquidity}
    words = " ".join(f"{name} {_VERDICTS[verdict]}" for name, verdict in families.items())
    return f"🛡 {summary.grade.value} · {words} ({summary.decided}/{summary.of})"


def _market_parts(market: MarketFacts, at: datetime) -> list[str]:
    parts = []
    if market.market_cap is not None:
        parts.append(f"MC {short_dollars(market.market_cap)}")
    if market.liquidity is not None:
        parts.append(f"liq {short_dollars(market.liquidity)}")
    if market.token_created_at is not None:
        old = f"{age(int((at - market.token_created_at).total_seconds()))} old"
        parts.append(old if parts else f"token {old}")
    return parts


def age(seconds: int) -> str:
    """`2 y`, `40 d`, `3 h`, `12 min`, `40 s`: in the largest unit of which there is one, cut."""
    for size, unit in ((_YEAR, "y"), (_DAY, "d"), (_HOUR, "h")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds // _MINUTE} min" if seconds >= _MINUTE else f"{max(seconds, 0)} s"


def change(share: Decimal) -> str:
    """`+1.2%`, `−40%`: by which part of itself something has changed."""
    return f"{'−' if share < 0 else '+'}{percent(abs(share))}"


def percent(share: Decimal) -> str:
    """`0.3%`, `40%`, `1,900%`: tenths below ten percent, cut."""
    if share < _WHOLE_PERCENT:
        tenths = int(share * 1_000)
        return f"{tenths // 10}.{tenths % 10}%" if tenths % 10 else f"{tenths // 10}%"
    return f"{int(share * 100):,}%"
