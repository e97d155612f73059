"""Liquidity put into a pool or taken out of it, with or without a token that stands for the share."""

from chain.decoders.instructions import Verb
from chain.decoders.programs import Role
from chain.decoders.wallet_view import Scene
from domain.activity.activity import Kind, Leg


def kind(scene: Scene) -> Kind | None:
    """Add or remove, where the pool was called for that and not to swap."""
    if scene.role is not Role.AMM:
        return None
    added, removed = Verb.ADD in scene.verbs, Verb.REMOVE in scene.verbs
    if scene.both_ways:
        return _by_share(scene, added=added, removed=removed)
    if not scene.signed:
        return None
    if scene.paid and added:
        return Kind.LIQUIDITY_ADD
    return Kind.LIQUIDITY_REMOVE if scene.received and removed else None


def _by_share(scene: Scene, *, added: bool, removed: bool) -> Kind | None:
    """Told by the share token, which is minted on the way in and burned on the way out."""
    if added and any(_is_share(scene, leg, 1) for leg in scene.received):
        return Kind.LIQUIDITY_ADD
    if removed and any(_is_share(scene, leg, -1) for leg in scene.paid):
        return Kind.LIQUIDITY_REMOVE
    return None


def _is_share(scene: Scene, leg: Leg, sign: int) -> bool:
    return scene.supply_change(leg) * sign > 0
