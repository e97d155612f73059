"""Accounts as encoding "jsonParsed" shows them: mints, token accounts and multisigs of both programs."""

from collections.abc import Callable
from typing import Any

from solders.account import Account

from sandbox.chain.encodings.tokens import (
    ACCOUNT_SIZE,
    MINT_SIZE,
    MULTISIG_SIZE,
    TOKEN,
    TOKEN_PROGRAMS,
    is_mint,
    is_token_account,
    ui_amount,
)
from sandbox.chain.parsed_extensions import ACCOUNT_STATES
from sandbox.chain.token_extensions import parse_extensions
from sandbox.chain.unreadable import Fields, Unreadable

_EXTENSIONS_AT = ACCOUNT_SIZE + 1


def parse_account(account: Account, decimals: Callable[[str], int | None]) -> dict[str, Any] | None:
    """The account's data in the shape of nodes, or None where no parser fits."""
    if account.owner not in TOKEN_PROGRAMS:
        return None
    try:
        parsed = _parse(account, decimals)
    except Unreadable:
        return None
    if parsed is None:
        return None
    program = "spl-token" if account.owner == TOKEN else "spl-token-2022"
    return {"parsed": parsed, "program": program, "space": len(account.data)}


def _parse(account: Account, decimals: Callable[[str], int | None]) -> dict[str, Any] | None:
    if is_mint(account):
        return {"info": _mint(account.data), "type": "mint"}
    if is_token_account(account):
        return {"info": _token_account(account.data, decimals), "type": "account"}
    if len(account.data) == MULTISIG_SIZE:
        return {"info": _multisig(account.data), "type": "multisig"}
    return None


def _coption(fields: Fields) -> str | None:
    """An optional address as token accounts store it: four bytes that say whether, then the address."""
    given, key = fields.u32(), fields.key()
    return key if given else None


def _mint(data: bytes) -> dict[str, Any]:
    fields = Fields(data)
    authority, supply, decimals = _coption(fields), fields.u64(), fields.u8()
    initialized, freeze = bool(fields.u8()), _coption(fields)
    info = {
        "decimals": decimals,
        "freezeAuthority": freeze,
        "isInitialized": initialized,
        "mintAuthority": authority,
        "supply": str(supply),
    }
    return info | _extensions(data, MINT_SIZE)


def _token_account(data: bytes, decimals: Callable[[str], int | None]) -> dict[str, Any]:
    fields = Fields(data)
    mint, owner, amount, delegate = fields.key(), fields.key(), fields.u64(), _coption(fields)
    state, is_native, reserve = fields.u8(), fields.u32(), fields.u64()
    delegated, closer = fields.u64(), _coption(fields)
    places = decimals(mint) or 0
    info: dict[str, Any] = {
        "isNative": bool(is_native),
        "mint": mint,
        "owner": owner,
        "state": ACCOUNT_STATES[min(state, 2)],
        "tokenAmount": ui_amount(amount, places),
    }
    if delegate:
        info |= {"delegate": delegate, "delegatedAmount": ui_amount(delegated, places)}
    if is_native:
        info["rentExemptReserve"] = ui_amount(reserve, places)
    if closer:
        info["closeAuthority"] = closer
    return info | _extensions(data, ACCOUNT_SIZE)


def _multisig(data: bytes) -> dict[str, Any]:
    fields = Fields(data)
    needed, valid, initialized = fields.u8(), fields.u8(), bool(fields.u8())
    signers = [key for key in (fields.key_or_none() for _ in range(11)) if key]
    return {
        "isInitialized": initialized,
        "numRequiredSigners": needed,
        "numValidSigners": valid,
        "signers": signers,
    }


def _extensions(data: bytes, bare: int) -> dict[str, Any]:
    if len(data) <= bare:
        return {}
    return {"extensions": parse_extensions(Fields(data, _EXTENSIONS_AT))}
