"""Checks whether large holders share a funder: two requests per holder."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from chain.market.owners import owner_kind
from chain.parsing.transaction import Transaction
from chain.scans.node import NotAnswered, ScanNode, decoded
from chain.scans.transactions import PAGE, NamedTransaction, read_transactions
from domain.security.facts import Holder, Holders, OwnerKind, part
from domain.security.holders import GROUP, TEN, alike_holders, held_by, largest, limit_of

MIN_GROUP = 2
"""Holders whom one wallet paid first."""
MAX_SAMPLE = 4
"""Holders that are asked about where the largest hold little: those with near-equal parts, if there are."""
_CONFIRMED = {"commitment": "confirmed"}


class CommonFunder(msgspec.Struct, frozen=True, kw_only=True):
    """What was found out of who paid large holders."""

    raw: int | None = None
    """What the largest group may have that one wallet paid; None: too few could be asked about."""
    known: int = 0
    """Of so many holders it is known who paid them first, and that was no exchange."""
    of_one: int = 0
    """So many of these one wallet paid."""
    different: int = 0
    """So many different wallets paid these."""


async def common_funder(node: ScanNode, holders: Holders) -> CommonFunder:
    """Who paid large holders their first SOL, as far as the budget reaches.

    An exchange pays many people, and makes no group of them; nor does it show that holders with near-equal
    parts are many people. Whose list does not reach back to its first transaction could belong to any group.
    Where the largest hold little a few are asked about, as one wallet may have spread much among many.
    """
    top = largest(holders, TEN)
    wallets, alike = [one for one in top if one.kind is OwnerKind.WALLET], alike_holders(holders)
    is_spread = limit_of(held_by(holders, TEN), GROUP) is None
    if is_spread:  # the ten largest are no group that has much, but may be part of one
        wallets = (list(alike) or wallets)[:MAX_SAMPLE]
    paid = await _funders(node, [one.owner for one in wallets[: node.left // 2]])
    funders = {owner: funder for owner, funder in paid.items() if not _is_exchange(funder)}
    group, of_one = _largest_group(top, funders)
    found = CommonFunder(known=len(funders), of_one=of_one, different=len(set(funders.values())))
    if is_spread:
        return found
    apart = funders if alike else paid
    open_ = sum(one.raw for one in top if one.owner not in apart)
    if _is_large(group, holders):
        return msgspec.structs.replace(found, raw=group)
    if _is_large(group + open_, holders):
        return found
    return msgspec.structs.replace(found, raw=group + open_)


def _is_exchange(funder: str) -> bool:
    return owner_kind(funder, None) is OwnerKind.EXCHANGE


def _is_large(raw: int, holders: Holders) -> bool:
    return limit_of(part(raw, holders.circulating), GROUP) is not None


def _largest_group(top: Sequence[Holder], funders: Mapping[str, str]) -> tuple[int, int]:
    """What those have whom one wallet paid, and how many they are."""
    raws = {one.owner: one.raw for one in top}
    groups: dict[str, list[int]] = defaultdict(list)
    for owner, funder in funders.items():
        groups[funder].append(raws.get(owner, 0))
    found = [(sum(raws), len(raws)) for raws in groups.values() if len(raws) >= MIN_GROUP]
    return max(found, default=(0, 0))


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
