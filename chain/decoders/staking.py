"""Staking: SOL given to a stake account or a stake pool, and taken back."""

from chain.decoders.instructions import Verb
from chain.decoders.programs import Role
from chain.decoders.wallet_view import Scene
from domain.activity.activity import SOL, Kind, Leg


def kind(scene: Scene) -> Kind | None:
    """Stake or unstake, where a staking program was called directly."""
    if scene.role is not Role.STAKING:
        return None
    if _has_sol(scene.paid) and not _has_sol(scene.received):
        return Kind.STAKE if scene.received or Verb.STAKE in scene.verbs else None
    if _has_sol(scene.received):
        return Kind.UNSTAKE if scene.paid or Verb.UNSTAKE in scene.verbs else None
    return None


def _has_sol(legs: tuple[Leg, ...]) -> bool:
    return any(leg.mint == SOL for leg in legs)
