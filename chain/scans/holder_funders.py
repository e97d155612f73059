"""Whether large holders are one person: who paid them their first SOL, two questions a holder."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from chain.market.owners import owner_kind
from chain.parsing.transaction import Transaction
from chain.scans.node import NotAnswered, ScanNode, decoded
from chain.scans.transactions import PAGE, NamedTransaction, read_transactions
from domain.security.facts import Holder, Holders, OwnerKind, part
from domain.security.holders import GROUP, TEN, held_by, largest, limit_of

MIN_GROUP = 2
"""Holders whom one wallet paid first."""
_CONFIRMED = {"commitment": "confirmed"}


async def common_funder_raw(node: ScanNode, holders: Holders) -> int | None:
    """What the largest group of holders may have that one wallet funded; None: too few could be asked about.

    An exchange pays many people, and makes no group of them. Whose list does not reach back to its first
    transaction could belong to any group.
    """
    if limit_of(held_by(holders, TEN), GROUP) is None:
        return None  # no group can have much
    top = largest(holders, TEN)
    wallets = [one for one in top if one.kind is OwnerKind.WALLET][: node.left // 2]
    funders = await _funders(node, [one.owner for one in wallets])
    group = _largest_group(top, funders)
    open_ = sum(one.raw for one in top if one.owner not in funders)
    if _is_much(group, holders):
        return group
    return None if _is_much(group + open_, holders) else group + open_


def _is_much(raw: int, holders: Holders) -> bool:
    return limit_of(part(raw, holders.supply), GROUP) is not None


def _largest_group(top: Sequence[Holder], funders: Mapping[str, str]) -> int:
    groups: dict[str, list[int]] = defaultdict(list)
    for one in top:
        funder = funders.get(one.owner)
        if funder is not None and owner_kind(funder, None) is not OwnerKind.EXCHANGE:
            groups[funder].append(one.raw)
    return max((sum(raws) for raws in groups.values() if len(raws) >= MIN_GROUP), default=0)


async def _funders(node: ScanNode, wallets: Sequence[str]) -> Mapping[str, str]:
    """Who paid the first transaction of each, as far as that is known."""
    params = [[wallet, _CONFIRMED | {"limit": PAGE}] for wallet in wallets]
    answers = await node.ask_many("getSignaturesForAddress", params) if params else []
    first = {
        wallet: one
        for wallet, answer in zip(wallets, answers, strict=True)
        if (one := _first(answer)) is not None
    }
    found = await read_transactions(node, list({one.signature: one for one in first.values()}.values()))
    return {
        wallet: transaction.payer
        for transaction in found
        for wallet in wallets
        if _begins(transaction, wallet)
    }


def _first(answer: msgspec.Raw | NotAnswered) -> NamedTransaction | None:
    try:
        named = [] if isinstance(answer, NotAnswered) else decoded(answer, list[NamedTransaction])
    except NotAnswered:
        return None
    worked = [one for one in named if one.err is None]
    return worked[-1] if worked and len(named) < PAGE else None


def _begins(transaction: Transaction, wallet: str) -> bool:
    """Whether the wallet had nothing before this transaction, for which somebody else paid."""
    had = dict(zip(transaction.keys, transaction.pre_lamports, strict=False))
    return had.get(wallet) == 0 and transaction.payer != wallet
