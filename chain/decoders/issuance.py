"""Mints and burns of tokens by whomever: who got what was made, who gave what was destroyed. Pure.

`activities` tells them of wallets that signed; who gets newly made dollars has signed nothing.
"""

from collections.abc import Collection, Mapping
from typing import Final

from chain.decoders.balances import supply_change
from chain.decoders.flows import TOKEN_PROGRAMS
from chain.parsing.calls import Call, calls_of
from chain.parsing.transaction import Transaction
from domain.activity.activity import Activity, Kind, Leg

_TAGS: Final[Mapping[int, Kind]] = {7: Kind.MINT, 14: Kind.MINT, 8: Kind.BURN, 15: Kind.BURN}
"""MintTo, MintToChecked, Burn, BurnChecked: spl-token `instruction.rs`."""
_PARSED: Final[Mapping[str, Kind]] = {
    "mintTo": Kind.MINT,
    "mintToChecked": Kind.MINT,
    "burn": Kind.BURN,
    "burnChecked": Kind.BURN,
}


def issuances(transaction: Transaction, mints: Collection[str], *, chain: str) -> list[Activity]:
    """What a transaction made or destroyed of these tokens, net, one activity a token.

    Its wallet is who got most of it, or gave most of it. A change of the balances without such an
    instruction, as of an amount that becomes confidential, is none.

    Args:
        transaction: what happened.
        mints: the tokens.
        chain: of the transaction.

    Raises:
        Undecodable: the calls cannot be understood.
    """
    if transaction.failed:
        return []
    changes = {mint: change for mint in sorted(mints) if (change := supply_change(transaction, mint))}
    if not changes:
        return []
    kinds = {kind for call in calls_of(transaction) if (kind := _kind_of(call)) is not None}
    return [
        _issuance(transaction, mint, change, chain)
        for mint, change in changes.items()
        if (Kind.MINT if change > 0 else Kind.BURN) in kinds
    ]


def _kind_of(call: Call) -> Kind | None:
    if call.program not in TOKEN_PROGRAMS:
        return None
    if call.parsed is not None:
        return _PARSED.get(call.parsed)
    return _TAGS.get(call.prefix[0]) if call.prefix else None


def _issuance(transaction: Transaction, mint: str, change: int, chain: str) -> Activity:
    moved: dict[str, int] = {}
    decimals = None
    for sign, balances in ((1, transaction.post_tokens), (-1, transaction.pre_tokens)):
        for one in balances:
            if one.mint == mint:
                owner = one.owner or transaction.keys[0]
                moved[owner] = moved.get(owner, 0) + sign * one.amount.raw
                decimals = one.amount.decimals
    legs = (Leg(mint=mint, raw=abs(change), decimals=decimals),)
    wallet = max(moved, key=lambda owner: moved[owner] * change)
    is_mint = change > 0
    return Activity(
        chain=chain,
        signature=transaction.signature,
        slot=transaction.slot or 0,
        block_time=transaction.block_time,
        wallet=wallet,
        is_signer=wallet in transaction.signers,
        kind=Kind.MINT if is_mint else Kind.BURN,
        paid=() if is_mint else legs,
        received=legs if is_mint else (),
        position=transaction.position,
    )
