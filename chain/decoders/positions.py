"""Positions: what stands for a share or a stake somewhere is opened and closed, never bought or sold. Pure.

A receipt is a token or an NFT that was minted for this wallet for what it gave, or burned for what it got.
"""

from chain.decoders.programs import Role
from chain.decoders.wallet_view import WalletView
from domain.activity.activity import SOL, Kind, Leg

_WITH_RECEIPT = frozenset({Role.AMM, Role.VAULT, Role.PERPETUALS, None})
"""Programs that mint receipts; None: one that nobody knows."""
_TOKENS_FOR_SOL = frozenset({None, Role.VAULT})
"""Where a token minted for SOL is minted, not a receipt."""


def kind(view: WalletView) -> Kind | None:
    """Opened or closed; None: nothing stands for a position."""
    if not view.signed or view.venue is None:
        return None
    if view.is_exchange:
        return _with_receipt(view) if view.role in _WITH_RECEIPT else None
    if view.role is Role.PERPETUALS and (view.paid or view.received):
        return Kind.POSITION_OPEN if view.paid else Kind.POSITION_CLOSE
    if view.role in {Role.AMM, Role.LENDING} and _all_changed(view, view.received, 1):
        return Kind.POSITION_OPEN
    return None


def _with_receipt(view: WalletView) -> Kind | None:
    is_pool = view.role is Role.AMM
    if _all_changed(view, view.received, 1):
        if view.role in _TOKENS_FOR_SOL and all(leg.mint == SOL for leg in view.paid):
            return None
        return Kind.LIQUIDITY_ADD if is_pool else Kind.POSITION_OPEN
    if _all_changed(view, view.paid, -1):
        return Kind.LIQUIDITY_REMOVE if is_pool else Kind.POSITION_CLOSE
    return None


def _all_changed(view: WalletView, legs: tuple[Leg, ...], sign: int) -> bool:
    """Return whether each of the legs was minted (or burned) for exactly this."""
    return bool(legs) and all(view.supply_change(leg) == sign * leg.raw for leg in legs)
