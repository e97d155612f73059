"""Liquidity put into a pool or taken out of it, with or without a token for the share. Pure."""

from chain.decoders.instructions import Operation
from chain.decoders.programs import Role
from chain.decoders.wallet_view import WalletView
from domain.activity.activity import Kind, Leg


def kind(view: WalletView) -> Kind | None:
    """Add or remove, where the pool was called for that and not to swap; else None."""
    if view.role is not Role.AMM:
        return None
    added, removed = Operation.ADD in view.operations, Operation.REMOVE in view.operations
    if view.is_exchange:
        return _by_share(view, added=added, removed=removed)
    if not view.signed:
        return None
    if view.paid and added:
        return Kind.LIQUIDITY_ADD
    return Kind.LIQUIDITY_REMOVE if view.received and removed else None


def _by_share(view: WalletView, *, added: bool, removed: bool) -> Kind | None:
    """Decide by the share token, which is minted for liquidity added and burned for liquidity removed."""
    if added and any(_is_share(view, leg, 1) for leg in view.received):
        return Kind.LIQUIDITY_ADD
    if removed and any(_is_share(view, leg, -1) for leg in view.paid):
        return Kind.LIQUIDITY_REMOVE
    return None


def _is_share(view: WalletView, leg: Leg, sign: int) -> bool:
    return view.supply_change(leg) * sign > 0
