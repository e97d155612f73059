"""From what a wallet did to what patterns are found in. Pure."""

from decimal import Decimal

from domain.activity.activity import SOL, WRAPPED_SOL, Activity, Kind
from domain.activity.prices import DOLLAR_MINTS
from domain.patterns.sightings import Action, Sighting

SMALL_MARKET_CAP = Decimal(10_000_000)
"""Dollars. No exchange of those that people deposit on takes a token that is worth less altogether."""
_SOL_MINTS = frozenset({SOL, WRAPPED_SOL})
_MONEY = DOLLAR_MINTS | _SOL_MINTS
_BY_OTHERS = frozenset({Kind.TRANSFER_IN, Kind.MINT})
"""What a wallet may have had no part in."""


def sightings_of(
    activity: Activity, *, usd: Decimal | None, market_cap: Decimal | None, at: float, event_id: int
) -> list[Sighting]:
    """What an activity tells; nothing where strangers only sent something that is no money.

    Args:
        activity: what happened.
        usd: dollars that changed hands; None: not known.
        market_cap: of its token; None: not known.
        at: when, Unix seconds.
        event_id: of its alert.
    """
    kind = activity.kind
    common = Sighting(
        wallet=activity.wallet,
        at=at,
        action=Action.OTHER,
        usd=None if usd is None else float(usd),
        by_itself=activity.is_signer is not False and kind not in _BY_OTHERS,
        event_id=event_id,
    )
    if kind in {Kind.BUY, Kind.SELL, Kind.SWAP}:
        return _trades(activity, common) or [common]
    if kind is Kind.TRANSFER_OUT:
        return [_sent(activity, common, market_cap)]
    if kind is Kind.TRANSFER_IN:
        return _got(activity, common)
    return [common] if kind not in _BY_OTHERS else []


def _trades(activity: Activity, common: Sighting) -> list[Sighting]:
    """A purchase of what came in and a sale of what went out, money aside; both: the wallet rotated."""
    found = []
    given = activity.paid or activity.from_order
    for action, legs in ((Action.SELL, given), (Action.BUY, activity.received)):
        mints = {leg.mint for leg in legs} - _MONEY
        if len(mints) != 1:
            continue
        (mint,) = mints
        is_priced = activity.price is not None and activity.price.token == mint
        is_traded = is_priced or activity.kind is not Kind.SWAP
        before, after = (activity.token_before, activity.token_after) if is_traded else (None, None)
        found.append(common._replace(action=action, mint=mint, before=before, after=after))
    return found


def _sent(activity: Activity, common: Sighting, market_cap: Decimal | None) -> Sighting:
    mints = [leg.mint for leg in activity.paid]
    return common._replace(
        action=Action.SENT,
        mint=mints[0] if mints else "",
        party="" if activity.bridge else activity.counterparty or "",
        is_small=market_cap is not None and market_cap < SMALL_MARKET_CAP and not _MONEY.intersection(mints),
        lamports=sum(leg.raw for leg in activity.paid if leg.mint in _SOL_MINTS),
    )


def _got(activity: Activity, common: Sighting) -> list[Sighting]:
    legs = [leg for leg in activity.received if leg.mint in _MONEY]
    if not legs or activity.counterparty is None or activity.bridge:
        return []
    lamports = sum(leg.raw for leg in legs if leg.mint in _SOL_MINTS)
    return [
        common._replace(action=Action.GOT, mint=legs[0].mint, party=activity.counterparty, lamports=lamports)
    ]
