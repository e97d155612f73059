"""Mint and burn: tokens that came from nowhere, or went nowhere. Pure."""

from chain.decoders.programs import Role
from chain.decoders.wallet_view import WalletView
from domain.activity.activity import SOL, Kind, Leg

_SELLERS = frozenset({Role.LAUNCH, Role.LENDING, Role.AMM, Role.ROUTER, Role.STAKING, Role.BOT})
"""Programs that mint tokens for whoever pays: then it is a purchase."""


def kind(view: WalletView) -> Kind | None:
    """Mint or burn, where that is all that happened to the wallet's tokens; else None."""
    came, went = _tokens(view.received), _tokens(view.paid)
    if came and not went and not (view.paid and view.role in _SELLERS):
        return Kind.MINT if all(_is_all_new(view, leg, 1) for leg in came) else None
    if went and not view.received:
        return Kind.BURN if all(_is_all_new(view, leg, -1) for leg in went) else None
    return None


def _is_all_new(view: WalletView, leg: Leg, sign: int) -> bool:
    """Whether all of the leg was minted (or burned); where that was more, none of the leg was transferred."""
    change = view.supply_change(leg) * sign
    if change <= leg.raw:
        return change == leg.raw
    flows = view.flows
    transfers = [move for move in flows.moves if move.is_token and move.mint == leg.mint]
    return view.wallet not in {
        flows.owner_of(end) for move in transfers for end in (move.source, move.target)
    }


def _tokens(legs: tuple[Leg, ...]) -> tuple[Leg, ...]:
    return tuple(leg for leg in legs if leg.mint != SOL)
