"""NFT trades: one piece of something indivisible against anything else. Pure."""

from chain.decoders.programs import Role
from chain.decoders.wallet_view import WalletView
from domain.activity.activity import Kind, Leg


def kind(view: WalletView) -> Kind | None:
    """An NFT trade, where one changed hands for something else, or at a market for NFTs; else None."""
    if not view.is_exchange:
        return None
    if view.role is Role.NFT:
        return Kind.NFT_TRADE
    moved = any(is_single(leg) and not view.supply_change(leg) for leg in view.paid + view.received)
    return Kind.NFT_TRADE if moved else None


def is_single(leg: Leg) -> bool:
    """Return whether the leg is one piece of a token that has no fractions."""
    return leg.raw == 1 and leg.decimals == 0
