"""What came in unasked and is worth nothing: dust, and tokens of no known value. Pure.

Look-alike addresses send a little of any currency, so that their address is copied out of a list; worthless
tokens carry a link. People lost six-figure sums to both.
"""

from domain.activity.activity import SOL, WRAPPED_SOL, Activity, Kind, Leg
from domain.activity.dollars import DOLLAR_MINTS

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
WELL_KNOWN = (
    DOLLAR_MINTS
    | _STAKED_SOL
    | {
        SOL,
        WRAPPED_SOL,
        "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263",  # BONK
        "JUPyiwrYJFskUPiHa7hkeR8VUtAeFoSYbKedZNsDvCN",  # JUP
        "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm",  # WIF
        "4k3Dyjzvzp8eMZWUXbBCjEvwSkkk59S5iCNLY3QrkX6R",  # RAY
        "orcaEKTdK7LKz57vaAYr9QeNsVEPfiu6QeMU1kektZE",  # ORCA
        "HZ1JovNiVvGrGNiiYvEozEVgZ58xaU3RKwX8eACQBCt3",  # PYTH
        "6p6xgHyF7AeE6TZkSmFsko444wqoP15icUSqi2jfGiPN",  # TRUMP
        "2zMMhcVQEXDtdE6vsFS7S7D5oUodfJHE8vd1gnBouauv",  # PENGU
        "pumpCmXqMfrsAkQ5r49WcJnRayYRqmXz6ae8H7H9Dfn",  # PUMP
        "jtojtomepa8beP8AuQc6eXt5FriJwfFMwQx2v2f9mCL",  # JTO
        "7GCihgDB8fe6KNjn2MYtkzZcRjQy3t9GHdC8uHYmW2hr",  # POPCAT
        "cbbtcf3aa214zXHbiAZQwf4122FBYbraNdFqgw4iMij",  # cbBTC
        "rndrizKT3MK1iimdxRdWabcF7Zg7AR5T4nud4EkHBof",  # RENDER
        "hntyVP6YFm1Hg25TN9WGLqM12b8TQmcknKrdu1oxWux",  # HNT
    }
)
"""Tokens of known value."""
_SOLS = _STAKED_SOL | {SOL, WRAPPED_SOL}
_INCOMING = frozenset({Kind.TRANSFER_IN, Kind.MINT})


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
