"""Gates that look at the token: how old it is, what all of it is worth, and whether it came in unasked. Pure.

What is not known never stops anything; but of a token that was known a year ago it is known that it is
older. What came in unasked and is worth nothing is dust, or a token of no known value.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from domain.activity.activity import SOL, WRAPPED_SOL, Activity, Kind, Leg
from domain.activity.prices import DOLLAR_MINTS
from domain.rules.gates import Facts, GateResult
from domain.rules.rules import Rules
from domain.tokens.well_known import PINNED

DUST_LAMPORTS = 1_000_000
"""An incoming transfer of less SOL than this (0.001) is noise."""
DUST_DOLLARS = 1_000_000
"""The same for tokens that are dollars: one, in their smallest units."""
_STAKED_SOL = frozenset(
    {
        "J1toso1uCk3RLmjorhTtrVwY9HJ7X8V9yYac6Y7kGCPn",  # JitoSOL
        "mSoLzYCxHdYgdzU16g5QSh3i5K3z3KZK7ytfqcJm7So",  # mSOL
        "bSo13r4TkiE4KumL71LsHTPpL2euBYLFx6h9HP3piy1",  # bSOL
        "jupSoLaHXQiZZTSfEWMTRRgpnyFm8f6sZdosWBjx93v",  # jupSOL
    }
)
WELL_KNOWN = DOLLAR_MINTS | frozenset(PINNED)
"""Tokens of known value."""
_SOLS = _STAKED_SOL | {SOL, WRAPPED_SOL}
_INCOMING = frozenset({Kind.TRANSFER_IN, Kind.MINT})
_ANSWERS = {True: GateResult.STOPPED, False: GateResult.PASSED, None: GateResult.UNKNOWN}


def is_dust(activity: Activity) -> bool:
    """Whether nothing but a tiny amount came in, of whatever currency."""
    if activity.kind is not Kind.TRANSFER_IN:
        return False
    if activity.is_signer:
        return all(leg.mint == SOL and leg.raw < DUST_LAMPORTS for leg in activity.received)
    return all(_is_tiny(leg) for leg in activity.received)


def unknown_tokens(activity: Activity) -> frozenset[str]:
    """The tokens of no known value that came in unasked, where nothing else came; empty: there are none."""
    if activity.kind not in _INCOMING or activity.is_signer is not False or activity.paid:
        return frozenset()
    if any(leg.mint in WELL_KNOWN and not _is_tiny(leg) for leg in activity.received):
        return frozenset()
    return frozenset(leg.mint for leg in activity.received if leg.mint not in WELL_KNOWN)


def _is_tiny(leg: Leg) -> bool:
    return (
        leg.raw < DUST_LAMPORTS if leg.mint in _SOLS else leg.mint in DOLLAR_MINTS and leg.raw < DUST_DOLLARS
    )


def too_young(rules: Rules, facts: Facts) -> GateResult:
    """Whether the token was made a shorter time ago than the rules ask for."""
    minimum = rules.min_age_seconds
    return _ANSWERS[_is_younger(facts, timedelta(seconds=minimum))] if minimum else GateResult.PASSED


def too_old(rules: Rules, facts: Facts) -> GateResult:
    """Whether the token was made a longer time ago than the rules admit."""
    maximum = rules.max_age_seconds
    return _ANSWERS[_is_older(facts, timedelta(seconds=maximum))] if maximum else GateResult.PASSED


def market_cap_too_low(rules: Rules, facts: Facts) -> GateResult:
    """Whether all of the token is worth less than the rules ask for."""
    return _market_cap(rules.min_market_cap, facts, lambda market_cap, minimum: market_cap < minimum)


def market_cap_too_high(rules: Rules, facts: Facts) -> GateResult:
    """Whether all of the token is worth more than the rules admit."""
    return _market_cap(rules.max_market_cap, facts, lambda market_cap, maximum: market_cap > maximum)


def liquidity_too_low(rules: Rules, facts: Facts) -> GateResult:
    """Whether less lies in the pool of this trade than the rules ask for."""
    minimum = rules.min_liquidity
    if not minimum:
        return GateResult.PASSED
    return _ANSWERS[None if facts.liquidity is None else facts.liquidity < minimum]


def _is_younger(facts: Facts, minimum: timedelta) -> bool | None:
    if facts.token_age is not None:
        return facts.token_age < minimum
    known = facts.token_age_at_least
    return False if known is not None and known >= minimum else None


def _is_older(facts: Facts, maximum: timedelta) -> bool | None:
    if facts.token_age is not None:
        return facts.token_age > maximum
    known = facts.token_age_at_least
    return True if known is not None and known > maximum else None


def _market_cap(
    bound: Decimal | None, facts: Facts, is_beyond: Callable[[Decimal, Decimal], bool]
) -> GateResult:
    if not bound:
        return GateResult.PASSED
    return _ANSWERS[None if facts.market_cap is None else is_beyond(facts.market_cap, bound)]
