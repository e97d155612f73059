"""Lending: what is lent or left as security, what is borrowed, and the way back. Pure.

The receipt for a deposit, a token or an NFT that stands for it, is not bought.
"""

from chain.decoders.instructions import Operation
from chain.decoders.programs import Role
from chain.decoders.wallet_view import WalletView
from domain.activity.activity import Kind

_OUT = {Operation.REPAY: Kind.LENDING_REPAY, Operation.DEPOSIT: Kind.LENDING_DEPOSIT}
_IN = {Operation.BORROW: Kind.LENDING_BORROW, Operation.WITHDRAW: Kind.LENDING_WITHDRAW}


def kind(view: WalletView) -> Kind | None:
    """What was done at a lending program that the wallet called itself; None: something else, or a trade."""
    if view.role is not Role.LENDING or not view.signed:
        return None
    if view.is_exchange:
        return _with_receipt(view)
    named = _OUT if view.paid else _IN
    done = [kind for operation, kind in named.items() if operation in view.operations]
    if len(done) == 1:
        return done[0]
    if len(set(view.route.venues)) > 1:
        return None  # a flash loan beside trades, of which a gain or a loss is left
    return Kind.LENDING_DEPOSIT if view.paid else Kind.LENDING_WITHDRAW


def _with_receipt(view: WalletView) -> Kind | None:
    """A deposit for a receipt that was minted for it, or the reverse; both sides of a loan at once."""
    if all(view.supply_change(leg) >= leg.raw for leg in view.received):
        return Kind.LENDING_DEPOSIT
    if all(view.supply_change(leg) <= -leg.raw for leg in view.paid):
        return Kind.LENDING_WITHDRAW
    if {Operation.DEPOSIT, Operation.BORROW} <= view.operations:
        return Kind.LENDING_BORROW
    return Kind.LENDING_REPAY if {Operation.REPAY, Operation.WITHDRAW} <= view.operations else None
