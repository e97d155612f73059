"""Trades that the wallet's own balances hide, recognised by the pool's side. Pure.

A sale that brings less than it costs leaves the wallet with less SOL than before; a sale whose money goes to
another wallet leaves it with nothing; a sale out of a seat at an exchange takes nothing from the wallet.
"""

from msgspec import Struct

from chain.decoders.costs import Costs, costs_of, lamports_in, returned_rent, without_sol
from chain.decoders.fees import FEE_RECIPIENTS
from chain.decoders.flows import Flows, Move, total
from chain.decoders.programs import Role
from chain.decoders.wallet_view import WalletView
from domain.activity.activity import SOL, SOL_DECIMALS, Leg

_TRADES = frozenset({None, Role.AMM, Role.LAUNCH, Role.BOOK, Role.ROUTER, Role.BOT})
"""Where something is sold; None: a venue that nobody knows."""
_POOLS = _TRADES - {None}


class Bargain(Struct, frozen=True, gc=False):
    """The two sides of a trade."""

    paid: tuple[Leg, ...]
    received: tuple[Leg, ...]
    received_by: str | None = None
    """Who received it, where it was not the wallet."""


def sale_below_costs(view: WalletView) -> Bargain | None:
    """A sale that brought less SOL than the tips and fees beside it; None: it is none."""
    tokens = without_sol(view.paid)
    if view.received or not tokens or not view.signed or view.venue is None or view.role not in _TRADES:
        return None
    flows, wallet = view.flows, view.wallet
    outflow = flows.paid_by(wallet)
    mints = {leg.mint for leg in tokens}
    pools = {flows.owner_of(move.target) for move in outflow if move.mint in mints}
    if not pools:
        return None
    costs = costs_of(view, is_trade=True)
    inflow = total(outflow) + costs.rent - _rent_moved(view, costs) - lamports_in(view.paid)
    to_pool = total(move for move in outflow if flows.owner_of(move.target) in pools)
    received = inflow - to_pool - returned_rent(view)
    if received <= 0:
        return None
    return Bargain(tokens, (Leg(mint=SOL, raw=received, decimals=SOL_DECIMALS),))


def _rent_moved(view: WalletView, costs: Costs) -> int:
    """The part of the rent that instructions moved, and that is among the outflow already."""
    opened = view.flows.opened
    return min(
        costs.rent,
        total(
            move
            for move in view.flows.paid_by(view.wallet)
            if move.target in opened and not move.is_token and move.target not in FEE_RECIPIENTS
        ),
    )


def bargain_for_another(view: WalletView) -> Bargain | None:
    """A trade whose proceeds the pool gave to one other wallet; None: it is none."""
    if view.received or not view.paid or not view.signed or view.role not in _POOLS:
        return None
    flows = view.flows
    given = [move for move in flows.paid_by(view.wallet) if flows.owner_of(move.target) not in FEE_RECIPIENTS]
    for move in (_passed_on(flows, move) for move in given):
        pool = flows.owner_of(move.target)
        answers = [
            answer
            for answer in flows.moves
            if answer.at > move.at
            and flows.owner_of(answer.source) == pool
            and answer.mint not in {"", move.mint}
            and not {answer.target, flows.owner_of(answer.target)} & FEE_RECIPIENTS
            and flows.owner_of(answer.target) != pool
        ]
        recipients = {_receiver(flows, answer) for answer in answers}
        if len(answers) == 1 and view.wallet not in recipients and not recipients & _pools(flows, pool):
            paid = tuple([leg for leg in view.paid if leg.mint == move.mint]) or view.paid
            return Bargain(paid, (_leg(view, answers[0].mint, answers[0].raw),), recipients.pop())
    return None


def _passed_on(flows: Flows, move: Move) -> Move:
    """The same amount on its last step, where who got it gave it on at once."""
    while True:
        following = [
            one
            for one in flows.moves
            if one.at > move.at and one.source == move.target and (one.mint, one.raw) == (move.mint, move.raw)
        ]
        if not following:
            return move
        move = following[0]


def _receiver(flows: Flows, answer: Move) -> str:
    """Return who ends up with it: the owner of the account, or who is given all in it when it is closed."""
    heir = flows.closed.get(answer.target) if answer.mint == SOL else None
    return flows.owner_of(heir or answer.target)


def _pools(flows: Flows, pool: str) -> set[str]:
    """Owners who pass on what they get: the next pool of a longer way."""
    got = {flows.owner_of(move.target) for move in flows.moves if flows.owner_of(move.source) == pool}
    gave = {flows.owner_of(move.source) for move in flows.moves if move.is_token}
    return got & gave


def _leg(view: WalletView, mint: str, raw: int) -> Leg:
    balances = view.transaction.pre_tokens + view.transaction.post_tokens
    decimals = {balance.mint: balance.amount.decimals for balance in balances}
    return Leg(mint=mint, raw=raw, decimals=SOL_DECIMALS if mint == SOL else decimals.get(mint))
