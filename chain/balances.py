"""What a transaction did to the balances of its owners, exact to the unit. Pure.

Lamports and wrapped SOL are booked together under `SOL`; so are the lamports that lie in an owner's
own token accounts (their rent). The network fee is given back to the payer: it is no part of a price.
"""

from collections import Counter
from collections.abc import Iterable

import msgspec

from chain.transaction import UNKNOWN, Transaction
from chain.wire import TokenBalance
from domain.activity import SOL, WRAPPED_SOL


class Change(msgspec.Struct, gc=False):
    """What one owner's balances did in one transaction."""

    lamports: int = 0
    """Native and wrapped SOL together; above zero: came in."""
    rent: int = 0
    """Of `lamports` not: what lies more (or less) in own token accounts than the wrapped SOL in them."""
    tokens: dict[str, int] = {}
    """By mint, without wrapped SOL; a mint that came and went is there with 0."""
    decimals: dict[str, int | None] = {}


def change_of(transaction: Transaction, owner: str) -> Change:
    """What happened to `owner`, who need not be among the transaction's keys."""
    before = [balance for balance in transaction.pre_tokens if balance.owner == owner]
    after = [balance for balance in transaction.post_tokens if balance.owner == owner]
    change = Change(lamports=_own_lamports(transaction, owner))
    if before or after:
        _book_tokens(change, before, -1)
        _book_tokens(change, after, 1)
        held = _held_lamports(transaction, before, after)
        wrapped = change.tokens.pop(WRAPPED_SOL, 0)
        change.lamports += held
        change.rent = held - wrapped
    return change


def _book_tokens(change: Change, balances: list[TokenBalance], sign: int) -> None:
    tokens, decimals = change.tokens, change.decimals
    for balance in balances:
        mint = balance.mint
        tokens[mint] = tokens.get(mint, 0) + sign * balance.amount.raw
        decimals[mint] = balance.amount.decimals


def _own_lamports(transaction: Transaction, owner: str) -> int:
    """What the owner's own account gained, the fee given back; 0 if it is somebody's token account."""
    keys = transaction.keys
    if owner == keys[0]:
        return transaction.post_lamports[0] - transaction.pre_lamports[0] + transaction.fee
    if owner not in keys:
        return 0
    place = keys.index(owner)
    if _is_token_account(transaction, place):
        return 0
    return transaction.post_lamports[place] - transaction.pre_lamports[place]


def _is_token_account(transaction: Transaction, place: int) -> bool:
    return any(balance.account == place for balance in transaction.post_tokens) or any(
        balance.account == place for balance in transaction.pre_tokens
    )


def _held_lamports(transaction: Transaction, before: list[TokenBalance], after: list[TokenBalance]) -> int:
    """What the owner's token accounts gained in lamports."""
    pre, post = transaction.pre_lamports, transaction.post_lamports
    was = {balance.account for balance in before}
    now = {balance.account for balance in after}
    held = sum([post[place] for place in now]) - sum([pre[place] for place in was])
    if was != now:
        held += sum([post[place] for place in was - _places(transaction.post_tokens)])
        held -= sum([pre[place] for place in now - _places(transaction.pre_tokens)])
    return held


def _places(balances: Iterable[TokenBalance]) -> set[int]:
    return {balance.account for balance in balances}


def deltas(transaction: Transaction) -> dict[str, dict[str, int]]:
    """By owner and mint, what each lost or won; nothing for a failed transaction but its fee.

    A token account whose owner the node did not tell stands for its owner, with `?` before it.
    """
    if transaction.failed:
        return {}
    booked: dict[str, Counter[str]] = {}
    pre = _owners(transaction, transaction.pre_tokens)
    post = _owners(transaction, transaction.post_tokens)
    for place, key in enumerate(transaction.keys):
        loser = pre.get(place) or post.get(place) or key
        winner = post.get(place) or pre.get(place) or key
        booked.setdefault(loser, Counter())[SOL] -= transaction.pre_lamports[place]
        booked.setdefault(winner, Counter())[SOL] += transaction.post_lamports[place]
    booked[transaction.payer][SOL] += transaction.fee
    for balances, owners, sign in ((transaction.pre_tokens, pre, -1), (transaction.post_tokens, post, 1)):
        for balance in balances:
            if balance.mint != WRAPPED_SOL:
                booked[owners[balance.account]][balance.mint] += sign * balance.amount.raw
    moved = {owner: {mint: raw for mint, raw in sums.items() if raw} for owner, sums in booked.items()}
    return {owner: sums for owner, sums in moved.items() if sums}


def _owners(transaction: Transaction, balances: tuple[TokenBalance, ...]) -> dict[int, str]:
    keys = transaction.keys
    return {balance.account: balance.owner or UNKNOWN + keys[balance.account] for balance in balances}


def supply_change(transaction: Transaction, mint: str) -> int:
    """How much of `mint` there is more (minted) or less (burned) in the accounts seen here."""
    return sum([b.amount.raw for b in transaction.post_tokens if b.mint == mint]) - sum(
        [b.amount.raw for b in transaction.pre_tokens if b.mint == mint]
    )
