"""Mint and burn: tokens that came from nowhere, or went nowhere. Pure."""

from chain.decoders.programs import Role
from chain.decoders.wallet_view import WalletView
from domain.activity.activity import SOL, Kind, Leg

_SELLERS = frozenset({Role.LAUNCH, Role.LENDING, Role.AMM, Role.ROUTER, Role.STAKING, Role.BOT})
"""Programs that mint tokens for whoever pays: then it is a purchase."""


def kind(view: WalletView) -> Kind | None:
    """Mint or burn, where that is all that happened to the wallet's tokens."""
    came, went = _tokens(view.received), _tokens(view.paid)
    if came and not went and not (view.paid and view.role in _SELLERS):
        return Kind.MINT if all(view.supply_change(leg) == leg.raw for leg in came) else None
    if went and not view.received:
        return Kind.BURN if all(view.supply_change(leg) == -leg.raw for leg in went) else None
    return None


def _tokens(legs: tuple[Leg, ...]) -> tuple[Leg, ...]:
    return tuple(leg for leg in legs if leg.mint != SOL)
