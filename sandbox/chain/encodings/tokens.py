"""Reads token accounts and mints from bytes, and writes amounts as RPC answers do."""

import struct
from typing import Any, NamedTuple

from solders.account import Account
from solders.pubkey import Pubkey

TOKEN = Pubkey.from_string("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA")
TOKEN_2022 = Pubkey.from_string("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb")
TOKEN_PROGRAMS = (TOKEN, TOKEN_2022)
NATIVE_MINT = "So11111111111111111111111111111111111111112"
NATIVE_DECIMALS = 9

MINT_SIZE = 82
ACCOUNT_SIZE = 165
MULTISIG_SIZE = 355
_STATE = 108
_INITIALIZED = 45
_KIND_MINT = 1
_KIND_ACCOUNT = 2


class Holding(NamedTuple):
    """The contents of a token account."""

    mint: str
    owner: str
    amount: int
    program: str


def holding_of(account: Account | None) -> Holding | None:
    """The contents of `account`; None: it is no initialized token account."""
    if account is None or not is_token_account(account):
        return None
    data = account.data
    amount = int.from_bytes(data[64:72], "little")
    return Holding(str(Pubkey(data[:32])), str(Pubkey(data[32:64])), amount, str(account.owner))


def is_token_account(account: Account) -> bool:
    """Return whether this is an initialized token account of either token program."""
    if account.owner not in TOKEN_PROGRAMS:
        return False
    data = account.data
    if len(data) < ACCOUNT_SIZE or len(data) == MULTISIG_SIZE or data[_STATE] == 0:
        return False
    return len(data) == ACCOUNT_SIZE or data[ACCOUNT_SIZE] == _KIND_ACCOUNT


def is_mint(account: Account) -> bool:
    """Return whether this is an initialized mint of either token program."""
    if account.owner not in TOKEN_PROGRAMS:
        return False
    data = account.data
    if len(data) < MINT_SIZE or len(data) == MULTISIG_SIZE or data[_INITIALIZED] != 1:
        return False
    return len(data) == MINT_SIZE or (len(data) > ACCOUNT_SIZE and data[ACCOUNT_SIZE] == _KIND_MINT)


class MintFigures(NamedTuple):
    """Supply and decimals of a mint."""

    supply: int
    decimals: int


def mint_of(account: Account | None) -> MintFigures | None:
    """Supply and decimals of a mint; None: the account is no mint."""
    if account is None or not is_mint(account):
        return None
    supply, decimals = struct.unpack_from("<QB", account.data, 36)
    return MintFigures(supply, decimals)


def ui_amount(amount: int, decimals: int) -> dict[str, Any]:
    """The amount as `uiTokenAmount` of RPC answers."""
    return {
        "amount": str(amount),
        "decimals": decimals,
        "uiAmount": amount / 10**decimals,
        "uiAmountString": decimal_text(amount, decimals),
    }


def decimal_text(amount: int, decimals: int) -> str:
    """The exact amount in whole tokens, without trailing zeros: 1500000 of 6 decimals is "1.5"."""
    if decimals == 0:
        return str(amount)
    digits = str(amount).rjust(decimals + 1, "0")
    return f"{digits[:-decimals]}.{digits[-decimals:]}".rstrip("0").rstrip(".")


def token_balance(index: int, holding: Holding, decimals: int) -> dict[str, Any]:
    """One entry of preTokenBalances or postTokenBalances; `uiAmount` of an empty account is null.

    Args:
        index: of the token account among the transaction's keys.
        holding: what the account held then.
        decimals: of its mint.
    """
    amount = ui_amount(holding.amount, decimals)
    if holding.amount == 0:
        amount["uiAmount"] = None
    return {
        "accountIndex": index,
        "mint": holding.mint,
        "owner": holding.owner,
        "programId": holding.program,
        "uiTokenAmount": amount,
    }
