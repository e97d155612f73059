"""Mint and burn: tokens that came from nowhere, or went nowhere."""

from chain.instructions import Verb
from chain.scene import Scene
from domain.activity import SOL, Kind, Leg


def kind(scene: Scene) -> Kind | None:
    """Mint or burn, where that is all that happened to the wallet's tokens."""
    came = _tokens(scene.received)
    went = _tokens(scene.paid)
    if came and not went and Verb.MINT in scene.verbs:
        return Kind.MINT if all(_made_for(scene, leg) for leg in came) else None
    if went and not scene.received and Verb.BURN in scene.verbs:
        return Kind.BURN if all(scene.supply_change(leg) == -leg.raw for leg in went) else None
    return None


def _tokens(legs: tuple[Leg, ...]) -> tuple[Leg, ...]:
    return tuple(leg for leg in legs if leg.mint != SOL)


def _made_for(scene: Scene, leg: Leg) -> bool:
    """Whether all that was minted came to this wallet and to nobody else."""
    return scene.supply_change(leg) == leg.raw
