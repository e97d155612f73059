"""Mints and burns of tokens by whomever: who got what was made, who gave what was destroyed. Pure.

`activities` tells them of wallets that signed; who gets newly made dollars has signed nothing.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from chain.decoders.balances import supply_change
from chain.decoders.flows import TOKEN_PROGRAMS, flows_in
from chain.parsing.calls import Call, calls_of, details_of
from chain.parsing.transaction import Transaction
from domain.activity.activity import Activity, Kind, Leg

_TAGS: Final[Mapping[int, Kind]] = {7: Kind.MINT, 14: Kind.MINT, 8: Kind.BURN, 15: Kind.BURN}
"""MintTo, MintToChecked, Burn, BurnChecked: spl-token `instruction.rs`. The tag, then the amount."""
_PARSED: Final[Mapping[str, Kind]] = {
    "mintTo": Kind.MINT,
    "mintToChecked": Kind.MINT,
    "burn": Kind.BURN,
    "burnChecked": Kind.BURN,
}
_AMOUNT = slice(1, 9)


class _Issue(NamedTuple):
    """What one instruction made or destroyed."""

    kind: Kind
    mint: str
    account: str
    """The token account that got it, or gave it."""
    raw: int


def issuances(transaction: Transaction, mints: Collection[str], *, chain: str) -> list[Activity]:
    """Return what a transaction made or destroyed of these tokens, net, one activity a token.

    Its wallet is whose accounts the instructions gave most to, or took most from; where it went on to in the
    same transaction does not matter. A change of the balances without such an instruction, as of an amount
    that becomes confidential, is none.

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
    calls = calls_of(transaction)
    issues = [issue for call in calls if (issue := _issue_of(call)) is not None]
    if not issues:
        return []
    owners = flows_in(transaction, calls).owners
    found = []
    for mint, change in changes.items():
        kind = Kind.MINT if change > 0 else Kind.BURN
        of_mint = [one for one in issues if (one.kind, one.mint) == (kind, mint)]
        if of_mint:
            wallet = _wallet(of_mint, owners) or transaction.payer
            found.append(_issuance(transaction, wallet, mint, change, chain))
    return found


def _issue_of(call: Call) -> _Issue | None:
    if call.program not in TOKEN_PROGRAMS:
        return None
    if call.parsed is not None:
        kind = _PARSED.get(call.parsed)
        if kind is None:
            return None
        details = details_of(call)
        raw = details.amount if details.token_amount is None else details.token_amount.raw
        return _Issue(kind, details.mint, details.account, raw)
    kind = _TAGS.get(call.prefix[0]) if call.prefix else None
    if kind is None or len(call.accounts) < 2:  # noqa: PLR2004 - mint and account
        return None
    mint, account = call.accounts[:2] if kind is Kind.MINT else (call.accounts[1], call.accounts[0])
    return _Issue(kind, mint, account, int.from_bytes(call.data[_AMOUNT], "little"))


def _wallet(issues: Sequence[_Issue], owners: Mapping[str, str]) -> str | None:
    """Return whose accounts most went to, or came from; None: the node does not say."""
    moved: Counter[str] = Counter()
    for one in issues:
        moved[owners.get(one.account, "")] += one.raw
    return moved.most_common(1)[0][0] or None


def _issuance(transaction: Transaction, wallet: str, mint: str, change: int, chain: str) -> Activity:
    balances = (*transaction.post_tokens, *transaction.pre_tokens)
    decimals = next((one.amount.decimals for one in balances if one.mint == mint), None)
    legs = (Leg(mint=mint, raw=abs(change), decimals=decimals),)
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
