"""Buy, sell, swap: something went out and something else came in, whatever the venue."""

from chain.decoders.wallet_view import Scene
from domain.activity.activity import Kind, Leg


def kind(scene: Scene) -> Kind | None:
    """Which trade it was; None: nothing was exchanged."""
    if not (scene.paid and scene.received):
        return None
    return between(scene.paid, scene.received, scene.quote_mints)


def between(paid: tuple[Leg, ...], received: tuple[Leg, ...], quote_mints: frozenset[str]) -> Kind:
    """Which trade it is to give `paid` for `received`."""
    gave_quote = _all_in(quote_mints, paid)
    if gave_quote is _all_in(quote_mints, received):
        return Kind.SWAP
    return Kind.BUY if gave_quote else Kind.SELL


def _all_in(quote_mints: frozenset[str], legs: tuple[Leg, ...]) -> bool:
    for leg in legs:  # noqa: SIM110 - a generator takes longer than the few legs there are
        if leg.mint not in quote_mints:
            return False
    return True
