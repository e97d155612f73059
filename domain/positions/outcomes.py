"""From an activity to the ledger, and from the ledger to what an alert says of a position. Pure."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

import msgspec

from domain.activity.activity import TRADES, Activity, Kind, Leg
from domain.activity.amounts import as_decimal
from domain.activity.claims import is_claim
from domain.activity.outcomes import Outcome
from domain.positions.costs import Sale
from domain.positions.entries import MONEY, USD_DECIMALS, Amounts, Entry
from domain.positions.holdings import Holding
from domain.positions.ledger import Booked

_SHARES = Decimal("0.0001")
"""Shares are kept to a hundredth of a percent."""


def entry_of(activity: Activity, usd: Decimal | None) -> Entry:
    """Return what an activity means to the ledger.

    Args:
        activity: what a wallet did.
        usd: dollars that changed hands; None: not known.
    """
    before, after = _balances(activity)
    return Entry(
        signature=activity.signature,
        wallet=activity.wallet,
        kind=activity.kind,
        slot=activity.slot,
        position=activity.position,
        block_time=activity.block_time,
        paid=_amounts(activity.paid),
        received=_amounts(activity.received),
        from_order=_amounts(activity.from_order),
        elsewhere=_amounts(activity.elsewhere),
        elsewhere_to=activity.elsewhere_to,
        counterparty=activity.counterparty,
        is_claim=is_claim(activity.kind, activity.venue),
        fee=activity.fee,
        tip=activity.tip,
        usd=None if usd is None else int(usd.scaleb(USD_DECIMALS)),
        pre=before,
        post=after,
    )


def _balances(activity: Activity) -> tuple[Amounts | None, Amounts | None]:
    """Return what the wallet held of the traded tokens before and after, where the activity shows it.

    A transfer may come from one of several accounts, of which it names no other: it says nothing of the rest.
    """
    if activity.kind not in TRADES or activity.token_before is None or activity.token_after is None:
        return None, None
    given = _tokens(activity.paid + activity.from_order)
    got = _tokens(activity.received)
    if len(given) + len(got) == 1:
        mint = (given or got)[0].mint
        return {mint: activity.token_before}, {mint: activity.token_after}
    if activity.kind is not Kind.SWAP or len(given) != 1 or len(got) != 1 or activity.given_before is None:
        return None, None
    left = activity.given_before - given[0].raw
    if left < 0:
        return None, None
    return (
        {given[0].mint: activity.given_before, got[0].mint: activity.token_before},
        {given[0].mint: left, got[0].mint: activity.token_after},
    )


def _tokens(legs: Sequence[Leg]) -> list[Leg]:
    return [leg for leg in legs if leg.mint not in MONEY]


def _amounts(legs: Sequence[Leg]) -> dict[str, int]:
    return {leg.mint: leg.raw for leg in legs}


def outcome_of(booked: Booked, holding: Holding, decimals: int | None) -> Outcome | None:
    """Return what an alert says of the position after an entry; None: nothing.

    Args:
        booked: the entry, as the ledger booked it.
        holding: the position after it.
        decimals: of the token; None: not known.
    """
    if booked.sale is not None:
        return _of_sale(booked.sale)
    entry = booked.entry
    if not booked.was_held or entry.kind not in TRADES or booked.mint not in entry.received:
        return None
    return Outcome(is_added=True, average_usd=_average(holding, decimals))


class PastSale(msgspec.Struct, frozen=True, kw_only=True):
    """A sale of which no alert was made."""

    at: int
    """Unix seconds."""
    outcome: Outcome


def sales_of(every: Iterable[Booked]) -> list[PastSale]:
    """Return what was sold, in the order of the bookings; of when that is not known is left out."""
    return [
        PastSale(at=one.entry.block_time, outcome=outcome)
        for one in every
        if one.sale is not None
        and one.entry.block_time is not None
        and (outcome := _of_sale(one.sale)) is not None
    ]


def _of_sale(sale: Sale) -> Outcome | None:
    sold = sale.known + sale.unknown
    if not sold:
        return None
    gain, cost = (
        (sale.gain_sol, sale.cost_sol) if sale.gain_sol is not None else (sale.gain_usd, sale.cost_usd)
    )
    return Outcome(
        known_share=(Decimal(sale.known) / sold).quantize(_SHARES),
        gain_share=(Decimal(gain) / cost).quantize(_SHARES) if gain is not None and cost else None,
        gain_usd=None if sale.gain_usd is None else as_decimal(sale.gain_usd, USD_DECIMALS),
        gain_sol=sale.gain_sol,
        held_seconds=sale.held_seconds,
    )


def _average(holding: Holding, decimals: int | None) -> Decimal | None:
    """Dollars for one whole token, where the cost of all that is held is known in dollars."""
    if decimals is None or not holding.known or holding.unknown or holding.usd.quantity != holding.known:
        return None
    return as_decimal(holding.usd.cost, USD_DECIMALS) / as_decimal(holding.known, decimals)
