"""Staking: SOL given to a stake account or a stake pool, and taken back. Pure."""

from chain.decoders.instructions import Operation
from chain.decoders.programs import Role
from chain.decoders.wallet_view import WalletView
from domain.activity.activity import SOL, Kind, Leg


def kind(view: WalletView) -> Kind | None:
    """Stake or unstake, where a staking program was called directly; else None."""
    if view.role is not Role.STAKING:
        return None
    if _has_sol(view.paid) and not _has_sol(view.received):
        return Kind.STAKE if view.received or Operation.STAKE in view.operations else None
    if _has_sol(view.received):
        return Kind.UNSTAKE if view.paid or Operation.UNSTAKE in view.operations else None
    return None


def _has_sol(legs: tuple[Leg, ...]) -> bool:
    return any(leg.mint == SOL for leg in legs)
