"""What a transaction did to its owners' balances, exact to the unit; what was paid and received. Pure.

Lamports and wrapped SOL are booked together under `SOL`; so are the lamports in an owner's own token
accounts (their rent). The network fee is given back to the payer: it is no part of a price.
"""

from collections import Counter
from collections.abc import Set as AbstractSet

import msgspec

from chain.parsing.json_shapes import TokenBalance
from chain.parsing.transaction import UNKNOWN, Transaction
from domain.activity.activity import SOL, SOL_DECIMALS, WRAPPED_SOL, Leg
from domain.errors import Undecodable

_NO_ACCOUNT = "a token balance on an account that the transaction does not have"
MAX_RENT_AND_TIP = 10_000_000
"""Lamports; in a trade of token against token, a change up to this is rent or a tip, and no leg."""
Legs = tuple[tuple[Leg, ...], tuple[Leg, ...]]
NO_LEGS: Legs = ((), ())


class Change(msgspec.Struct, gc=False):
    """What one owner's balances did in one transaction."""

    lamports: int
    """Native and wrapped SOL together; above zero: came in."""
    rent: int
    """How many lamports more (or less) own token accounts hold, without the wrapped SOL in them."""
    tokens: dict[str, int]
    """By mint, without wrapped SOL; a mint that came and went is there with 0."""
    decimals: dict[str, int | None]


def change_of(transaction: Transaction, owner: str) -> Change:
    """What happened to `owner`, who need not be among the transaction's keys.

    Raises:
        Undecodable: a token balance lies on none of the transaction's accounts.
    """
    pre, post = transaction.pre_lamports, transaction.post_lamports
    tokens: dict[str, int] = {}
    decimals: dict[str, int | None] = {}
    was: list[int] = []
    now: list[int] = []
    in_token_accounts = 0
    try:
        for balance in transaction.pre_tokens:
            if balance.owner == owner:
                mint, amount = balance.mint, balance.amount
                tokens[mint] = tokens.get(mint, 0) - amount.raw
                decimals[mint] = amount.decimals
                was.append(balance.account)
                in_token_accounts -= pre[balance.account]
        for balance in transaction.post_tokens:
            if balance.owner == owner:
                mint, amount = balance.mint, balance.amount
                tokens[mint] = tokens.get(mint, 0) + amount.raw
                decimals[mint] = amount.decimals
                now.append(balance.account)
                in_token_accounts += post[balance.account]
    except IndexError:
        raise Undecodable(_NO_ACCOUNT) from None
    if was != now:
        in_token_accounts += _opened_and_closed(transaction, {*was}, {*now})
    rent = in_token_accounts - tokens.pop(WRAPPED_SOL, 0)
    if owner == transaction.keys[0]:
        own = post[0] - pre[0] + transaction.fee
    else:
        own = _own_lamports(transaction, owner)
    return Change(own + in_token_accounts, rent, tokens, decimals)


def _opened_and_closed(transaction: Transaction, was: set[int], now: set[int]) -> int:
    """The lamports of accounts that had a token only before, or only after: they stay their owner's."""
    closed = was - now - {balance.account for balance in transaction.post_tokens}
    opened = now - was - {balance.account for balance in transaction.pre_tokens}
    return sum([transaction.post_lamports[index] for index in closed]) - sum(
        [transaction.pre_lamports[index] for index in opened]
    )


def _own_lamports(transaction: Transaction, owner: str) -> int:
    """What the own account of who did not pay the fee gained; 0 if it is somebody's token account."""
    keys = transaction.keys
    if owner not in keys:
        return 0
    index = keys.index(owner)
    balances = transaction.pre_tokens + transaction.post_tokens
    if any(balance.account == index for balance in balances):
        return 0
    return transaction.post_lamports[index] - transaction.pre_lamports[index]


def held_by(transaction: Transaction, owner: str) -> tuple[dict[str, int], dict[str, int]] | None:
    """What an owner's accounts that the transaction names held before and after, raw by mint.

    Native and wrapped SOL are one; the rent of token accounts is left out. None: the node does not name the
    owners of all accounts, as in blocks of 2021.
    """
    if not all(balance.owner for balance in transaction.pre_tokens + transaction.post_tokens):
        return None
    pre, post = _tokens_of(transaction.pre_tokens, owner), _tokens_of(transaction.post_tokens, owner)
    keys, balances = transaction.keys, transaction.pre_tokens + transaction.post_tokens
    index = keys.index(owner) if owner in keys else None
    is_native = index is not None and not any(balance.account == index for balance in balances)
    for amounts, lamports in ((pre, transaction.pre_lamports), (post, transaction.post_lamports)):
        wrapped = amounts.pop(WRAPPED_SOL, None)
        if is_native or wrapped is not None:
            amounts[SOL] = (wrapped or 0) + (lamports[index] if is_native and index is not None else 0)
    return pre, post


def _tokens_of(balances: tuple[TokenBalance, ...], owner: str) -> dict[str, int]:
    amounts: dict[str, int] = {}
    for balance in balances:
        if balance.owner == owner:
            amounts[balance.mint] = amounts.get(balance.mint, 0) + balance.amount.raw
    return amounts


def sol_changes(transaction: Transaction, owners: AbstractSet[str]) -> dict[str, int]:
    """What some of the transaction's keys gained in native and wrapped SOL, rent aside."""
    keys, pre, post = transaction.keys, transaction.pre_lamports, transaction.post_lamports
    gained: dict[str, int] = {}
    for owner in owners:
        index = keys.index(owner)
        gained[owner] = post[index] - pre[index]
    for balance in transaction.post_tokens:
        if balance.mint == WRAPPED_SOL and balance.owner and balance.owner in owners:
            gained[balance.owner] += balance.amount.raw
    for balance in transaction.pre_tokens:
        if balance.mint == WRAPPED_SOL and balance.owner and balance.owner in owners:
            gained[balance.owner] -= balance.amount.raw
    return gained


def deltas(transaction: Transaction) -> dict[str, dict[str, int]]:
    """By owner and mint, what each lost or gained; nothing for a failed transaction.

    A token account whose owner the node does not name stands for its owner, with `?` before it.

    Raises:
        Undecodable: a token balance lies on none of the transaction's accounts.
    """
    if transaction.failed:
        return {}
    booked: dict[str, Counter[str]] = {}
    pre = _owners(transaction, transaction.pre_tokens)
    post = _owners(transaction, transaction.post_tokens)
    for index, key in enumerate(transaction.keys):
        owner_before = pre.get(index) or post.get(index) or key
        owner_after = post.get(index) or pre.get(index) or key
        booked.setdefault(owner_before, Counter())[SOL] -= transaction.pre_lamports[index]
        booked.setdefault(owner_after, Counter())[SOL] += transaction.post_lamports[index]
    booked.setdefault(transaction.payer, Counter())[SOL] += transaction.fee
    for balances, owners, sign in ((transaction.pre_tokens, pre, -1), (transaction.post_tokens, post, 1)):
        for balance in balances:
            if balance.mint != WRAPPED_SOL:
                booked[owners[balance.account]][balance.mint] += sign * balance.amount.raw
    moved = {owner: {mint: raw for mint, raw in sums.items() if raw} for owner, sums in booked.items()}
    return {owner: sums for owner, sums in moved.items() if sums}


def _owners(transaction: Transaction, balances: tuple[TokenBalance, ...]) -> dict[int, str]:
    keys = transaction.keys
    if any(balance.account >= len(keys) for balance in balances):
        raise Undecodable(_NO_ACCOUNT)
    return {balance.account: balance.owner or UNKNOWN + keys[balance.account] for balance in balances}


def supply_change(transaction: Transaction, mint: str) -> int:
    """How much of `mint` there is more (minted) or less (burned) in the accounts seen here."""
    change = 0
    for balance in transaction.post_tokens:
        if balance.mint == mint:
            change += balance.amount.raw
    for balance in transaction.pre_tokens:
        if balance.mint == mint:
            change -= balance.amount.raw
    return change


def has_paid_pools(transaction: Transaction, *, payer: str, mint: str) -> bool:
    """Whether SOL went into pools, so that it was not only costs; a no is no proof.

    Args:
        transaction: what happened.
        payer: who may have paid.
        mint: what the payer got: who holds it besides may be the pool.
    """
    wrapped = 0
    for balance in transaction.post_tokens:
        if balance.mint == WRAPPED_SOL and balance.owner != payer:
            wrapped += balance.amount.raw
    for balance in transaction.pre_tokens:
        if balance.mint == WRAPPED_SOL and balance.owner != payer:
            wrapped -= balance.amount.raw
    if wrapped > 0:
        return True
    holders = {balance.owner for balance in transaction.pre_tokens if balance.mint == mint} - {payer, None}
    keys = transaction.keys
    places = [keys.index(holder) for holder in holders if holder in keys]
    return any(transaction.post_lamports[at] > transaction.pre_lamports[at] for at in places)


def legs_of(change: Change) -> Legs:
    """What went out and what came in; SOL first."""
    paid: list[Leg] = []
    received: list[Leg] = []
    for mint, raw in change.tokens.items():
        if raw < 0:
            paid.append(Leg(mint=mint, raw=-raw, decimals=change.decimals[mint]))
        elif raw:
            received.append(Leg(mint=mint, raw=raw, decimals=change.decimals[mint]))
    lamports = change.lamports
    if lamports and not (paid and received and -MAX_RENT_AND_TIP <= lamports <= MAX_RENT_AND_TIP):
        side = paid if lamports < 0 else received
        side.insert(0, Leg(mint=SOL, raw=abs(lamports), decimals=SOL_DECIMALS))
    return tuple(paid), tuple(received)
