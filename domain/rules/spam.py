"""What nobody asked for: kept, counted, and silent. Pure.

A transfer in is real if it is worth a dollar, or comes from somebody to whom the wallet has sent something.
Anything else that the wallet did not sign itself is silent where it is dust, comes from an address that only
looks like one that the wallet deals with, bears a website as its name, went to many at once, or is a token of
no known value with which the wallet never dealt itself.
"""

from decimal import Decimal

from domain.activity.activity import SOL, WRAPPED_SOL, Activity, Kind, Leg
from domain.activity.prices import DOLLAR_MINTS
from domain.rules.gates import Facts, Gate
from domain.tokens.well_known import PINNED

MIN_WORTH = Decimal(1)
"""Dollars from which on what came in is real."""
DUST_LAMPORTS = 1_000_000
"""Where nobody knows what SOL is worth, an incoming transfer of less (0.001) is noise."""
DUST_DOLLARS = 1_000_000
"""The same for tokens that are dollars: one, in their smallest units."""
MIN_RECIPIENTS = 5
"""Who sends the same to so many at once means none of them."""
SPAM_GATES = (Gate.DUST, Gate.LOOK_ALIKE, Gate.LINK_NAME, Gate.BLAST, Gate.SPAM)
"""What they stop is counted for the daily line."""
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
_MONEY = _SOLS | DOLLAR_MINTS
"""Tokens of which anybody can tell how much is dust."""
_INCOMING = frozenset({Kind.TRANSFER_IN, Kind.MINT})


def is_unsolicited(activity: Activity) -> bool:
    """Return whether something came in that the wallet did not sign for, and nothing went out."""
    return activity.kind in _INCOMING and activity.is_signer is not True and not activity.paid


def is_dust(activity: Activity, facts: Facts) -> bool:
    """Return whether nothing but an amount of next to no worth moved, of whatever currency.

    What a wallet sends itself is dust where it is next to no SOL: a tip to an account that nobody lists.
    """
    if activity.kind is Kind.TRANSFER_OUT:
        return activity.is_signer is True and _is_tiny_sol(activity.paid)
    if activity.kind is not Kind.TRANSFER_IN:
        return False
    if activity.is_signer:
        return _is_tiny_sol(activity.received)
    if facts.knows_sender:
        return False
    if (usd := _certain_usd(facts)) is not None:
        return usd < MIN_WORTH
    return all(_is_tiny(leg) for leg in activity.received)


def is_from_look_alike(activity: Activity, facts: Facts) -> bool:
    """Return whether the sender only looks like an address that the wallet deals with."""
    return facts.imitated_sender is not None and is_unsolicited(activity) and not _is_real(activity, facts)


def bears_link(activity: Activity, facts: Facts) -> bool:
    """Return whether what came in is called like a website."""
    return facts.names_site is True and is_unsolicited(activity) and not _is_real(activity, facts)


def is_blast(activity: Activity, facts: Facts) -> bool:
    """Return whether many got the same at once."""
    is_many = activity.recipients >= MIN_RECIPIENTS
    return is_many and is_unsolicited(activity) and not _is_real(activity, facts)


def is_worthless(activity: Activity, facts: Facts) -> bool:
    """Whether tokens of no known value came, with which the wallet never dealt, as far as anybody knows."""
    is_new = facts.tokens_known is False and bool(unknown_tokens(activity))
    return is_new and not _is_real(activity, facts)


def unknown_tokens(activity: Activity) -> frozenset[str]:
    """The tokens of no known value that came in unasked, where nothing else came; empty: there are none."""
    if activity.is_signer is not False or not is_unsolicited(activity):
        return frozenset()
    if any(leg.mint in WELL_KNOWN and not _is_tiny(leg) for leg in activity.received):
        return frozenset()
    return frozenset(leg.mint for leg in activity.received if leg.mint not in WELL_KNOWN)


def _is_real(activity: Activity, facts: Facts) -> bool:
    usd = _certain_usd(facts)
    if facts.knows_sender or (usd is not None and usd >= MIN_WORTH):
        return True
    return usd is None and any(leg.mint in _MONEY and not _is_tiny(leg) for leg in activity.received)


def _certain_usd(facts: Facts) -> Decimal | None:
    """Who makes a token may trade it with himself at any price; that makes it neither real nor dust."""
    return facts.usd if facts.is_usd_certain else None


def _is_tiny_sol(legs: tuple[Leg, ...]) -> bool:
    return all(leg.mint == SOL and leg.raw < DUST_LAMPORTS for leg in legs)


def _is_tiny(leg: Leg) -> bool:
    return (
        leg.raw < DUST_LAMPORTS if leg.mint in _SOLS else leg.mint in DOLLAR_MINTS and leg.raw < DUST_DOLLARS
    )
