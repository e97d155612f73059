"""Accounts as RPC answers give them: base58, base64 or jsonParsed, whole or a slice of the data."""

import base64
from collections.abc import Callable
from typing import Any, TypeAlias

import base58
import msgspec
from solders.account import Account

from sandbox.chain.encodings.parsed_accounts import parse_account
from sandbox.chain.errors import RpcError, invalid_params

Decimals: TypeAlias = Callable[[str], int | None]

RENT_EXEMPT_EPOCH = 2**64 - 1
_MAX_BASE58_BYTES = 128


class DataSlice(msgspec.Struct):
    """`dataSlice`: the part of the data that is asked for.

    `{"offset":0,"length":32}`.
    """

    offset: int
    length: int


class AccountConfig(msgspec.Struct, rename="camel"):
    """The options of a request for accounts.

    `{"commitment":"confirmed","encoding":"base64","dataSlice":{"offset":0,"length":32}}`.
    """

    commitment: str | None = None
    encoding: str | None = None
    data_slice: DataSlice | None = None
    min_context_slot: int | None = None


def account_json(account: Account | None, config: AccountConfig, decimals: Decimals) -> Any:
    """The account in the encoding that is asked for, or null.

    Args:
        account: None: there is none.
        config: the options of the request.
        decimals: looks up those of a mint.

    Raises:
        RpcError: the encoding is unknown, or base58 of too much data.
    """
    if account is None:
        return None
    return {
        "lamports": account.lamports,
        "data": _data(account, config, decimals),
        "owner": str(account.owner),
        "executable": account.executable,
        "rentEpoch": RENT_EXEMPT_EPOCH,
        "space": len(account.data),
    }


def _data(account: Account, config: AccountConfig, decimals: Decimals) -> Any:
    encoding = config.encoding or "binary"
    if encoding == "jsonParsed":
        parsed = parse_account(account, decimals)
        if parsed is not None:
            return parsed
        encoding = "base64"
    data = _sliced(account.data, config.data_slice)
    if encoding == "base64":
        return [base64.b64encode(data).decode(), "base64"]
    if encoding not in ("base58", "binary"):
        raise invalid_params(f"Invalid params: unsupported encoding `{encoding}`.")
    if len(data) > _MAX_BASE58_BYTES:
        raise RpcError(
            -32600,
            "Encoded binary (base 58) data should be less than 128 bytes, please use Base64 encoding.",
        )
    text = base58.b58encode(data).decode()
    return text if encoding == "binary" else [text, "base58"]


def _sliced(data: bytes, part: DataSlice | None) -> bytes:
    return data if part is None else data[part.offset : part.offset + part.length]
