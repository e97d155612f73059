"""Costs of a transaction: tips, fees of venues and bots, rent. Pure.

Such amounts are kept apart from what was paid, sent or received. An account that is listed is known by name;
one that is not is known by its role: a plain transfer of a small sum beside a trade, to somebody who takes no
part in it. What the instructions do not show, the balances do: rent that closed accounts give back.
"""

from msgspec import Struct

from chain.decoders.fees import BOT_FEE_ACCOUNTS, TIP_ACCOUNTS, VENUE_FEE_ACCOUNTS
from chain.decoders.flows import Flows, Move, total
from chain.decoders.wallet_view import WalletView
from domain.activity.activity import SOL, WRAPPED_SOL, Leg

MAX_UNLISTED = 10_000_000
"""Lamports; up to this, a plain transfer beside a trade to somebody who takes no part is a fee or a tip."""

_FEES = BOT_FEE_ACCOUNTS.keys() | VENUE_FEE_ACCOUNTS


class Costs(Struct, frozen=True, gc=False):
    """Lamports of a wallet that bought nothing but the transaction itself."""

    tip: int = 0
    fees: int = 0
    rent: int = 0
    """Put into accounts of others that were opened, or left in own accounts that were closed for others."""
    unlisted: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.tip + self.fees + self.rent + self.unlisted


def costs_of(view: WalletView, *, is_trade: bool) -> Costs:
    """What the wallet's transaction cost it; `is_trade`: whether something else was exchanged beside it."""
    flows, wallet = view.flows, view.wallet
    sums = {"tip": 0, "fees": 0, "rent": 0, "unlisted": 0}
    for move in flows.paid_by(wallet):
        name = _name(flows, move)
        if name is None and is_trade and _is_plain_and_small(move):
            takes_part = move.target in flows.used or flows.owner_of(move.target) in flows.owners.values()
            name = None if takes_part else "unlisted"
        if name is not None and move.mint == SOL:
            sums[name] += move.raw
    sums["rent"] += _left_behind(view) + _unnamed(view)
    return Costs(**sums)


def _name(flows: Flows, move: Move) -> str | None:
    target, owner = move.target, flows.owner_of(move.target)
    if target in TIP_ACCOUNTS or owner in TIP_ACCOUNTS:
        return "tip"
    if target in _FEES or owner in _FEES:
        return "fees"
    return "rent" if move.target in flows.opened and not move.is_token else None


def _is_plain_and_small(move: Move) -> bool:
    return move.depth == 1 and not move.is_token and move.raw <= MAX_UNLISTED


def _left_behind(view: WalletView) -> int:
    """The lamports of the wallet's own token accounts that were closed in favour of somebody else."""
    flows, keys = view.flows, view.transaction.keys
    given = [
        account
        for account, target in flows.closed.items()
        if flows.owner_of(account) == view.wallet != flows.owner_of(target)
        and flows.mints.get(account, WRAPPED_SOL) != WRAPPED_SOL
        and account in keys
    ]
    return sum([view.transaction.pre_lamports[keys.index(account)] for account in given])


def _unnamed(view: WalletView) -> int:
    """The rent of new token accounts of the wallet whose owner no balance names, as in blocks of 2021."""
    transaction, flows = view.transaction, view.flows
    opened = flows.opened - flows.closed.keys()
    if not opened:
        return 0
    balances = transaction.pre_tokens + transaction.post_tokens
    opened -= {transaction.keys[balance.account] for balance in balances if balance.owner}
    return total(
        move
        for move in flows.moves
        if move.target in opened
        and not move.is_token
        and flows.owner_of(move.source) == view.wallet == flows.owner_of(move.target)
        and flows.mints.get(move.target, WRAPPED_SOL) != WRAPPED_SOL
    )


def inherited_rent(view: WalletView) -> int:
    """The lamports of token accounts of others that were closed in favour of the wallet."""
    flows, keys = view.flows, view.transaction.keys
    got = [
        account
        for account, target in flows.closed.items()
        if flows.owner_of(account) != view.wallet == flows.owner_of(target)
        and flows.mints.get(account, WRAPPED_SOL) != WRAPPED_SOL
        and account in keys
    ]
    return sum([view.transaction.pre_lamports[keys.index(account)] for account in got])


def given_rent(view: WalletView) -> int:
    """The lamports that others put into token accounts which they opened for the wallet."""
    flows, wallet = view.flows, view.wallet
    return total(
        move
        for move in flows.moves
        if not move.is_token
        and move.target in flows.opened
        and flows.owner_of(move.target) == wallet != flows.owner_of(move.source)
    )


def returned_rent(view: WalletView) -> int:
    """The lamports of accounts of programs that were closed: an order's, a position's, a message's."""
    transaction, flows = view.transaction, view.flows
    wrapped = {
        balance.account: balance.amount.raw
        for balance in transaction.pre_tokens
        if balance.mint == WRAPPED_SOL
    }
    senders = {move.source for move in flows.moves if not move.is_token}
    closed = [
        before - wrapped.get(index, 0)
        for index, (key, before, after) in enumerate(
            zip(transaction.keys, transaction.pre_lamports, transaction.post_lamports, strict=True)
        )
        if before
        and not after
        and flows.owner_of(key) != view.wallet
        and key not in transaction.signers
        and key not in senders
    ]
    return sum(closed)


def lamports_in(legs: tuple[Leg, ...]) -> int:
    """The SOL among the legs."""
    return sum([leg.raw for leg in legs if leg.mint == SOL])


def without_sol(legs: tuple[Leg, ...]) -> tuple[Leg, ...]:
    """The legs that are no SOL."""
    return tuple([leg for leg in legs if leg.mint != SOL])


def less_sol(legs: tuple[Leg, ...], lamports: int) -> tuple[Leg, ...]:
    """The legs with so much less SOL among them."""
    left = lamports_in(legs) - lamports
    others = without_sol(legs)
    return (Leg(mint=SOL, raw=left, decimals=9), *others) if left > 0 else others
