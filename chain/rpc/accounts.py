"""The account at an address: its kind, what it holds, its bytes."""

import base64
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar

import base58
import msgspec

from chain.decoders.bounds import is_address
from chain.parsing.json_shapes import MAX_AMOUNT, Address, Count, Decimals, RawAmount
from chain.parsing.shown_amounts import shown_units
from chain.rpc.pool import RpcPool
from domain.activity.amounts import BalanceFacts, Holding
from domain.errors import NodeUnreadable
from domain.security.mints import TOKEN_2022_PROGRAM, TOKEN_PROGRAM, TOKEN_PROGRAMS

BATCH = 100
"""Accounts that one getMultipleAccounts may name."""
_CONFIRMED: dict[str, Any] = {"commitment": "confirmed"}
"""By default nodes answer from finalized state, which may be older."""
_MINT_BYTES = 82
_TOKEN_ACCOUNT_BYTES = 165
_MINT_TYPE = 1
_OWNER_BYTES = slice(32, 64)
_UNREADABLE = (msgspec.MsgspecError, ValueError, RecursionError)  # of bad shapes, base64 and texts
T = TypeVar("T")


class AccountKind(StrEnum):
    """What is at an address."""

    WALLET = "wallet"
    """Owned by the system program, or by a program that is no token program: a vault, a multisig."""
    PROGRAM = "program"
    MINT = "mint"
    TOKEN_ACCOUNT = "token_account"  # noqa: S105 - a kind
    ABSENT = "absent"
    """There is no account yet: a wallet that was never used looks like this."""


class _AccountInfo(msgspec.Struct):
    """`{"lamports":5,"owner":"11111111111111111111111111111111","executable":false,"data":["AQID","base64"],"space":3}`."""

    lamports: Count
    owner: Address
    executable: bool
    data: tuple[str, str] = ("", "base64")
    space: Count | None = None


class _Context(msgspec.Struct):
    """`{"slot":9}`."""

    slot: Count


class _One(msgspec.Struct):
    """`{"context":{"slot":9},"value":null}`."""

    context: _Context
    value: _AccountInfo | None


class _Many(msgspec.Struct):
    """`{"context":{"slot":9},"value":[null]}`."""

    context: _Context
    value: list[_AccountInfo | None]


class _TokenAmount(msgspec.Struct, rename="camel"):
    """`{"amount":"2000000","decimals":6,"uiAmountString":"2"}`."""

    amount: RawAmount
    decimals: Decimals
    ui_amount_string: str | None = None


class _TokenInfo(msgspec.Struct, rename="camel"):
    """A token account, as nodes parse it.

    `{"mint":"EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v","state":"initialized",
    "tokenAmount":{"amount":"2000000","decimals":6}}`
    """

    mint: Address
    token_amount: _TokenAmount
    state: str = ""


class _Parsed(msgspec.Struct):
    """What a token account holds.

    `{"info":{"mint":"EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
    "tokenAmount":{"amount":"2","decimals":6}}}`
    """

    info: _TokenInfo


class _ParsedData(msgspec.Struct):
    """The data of a token account, parsed.

    `{"parsed":{"info":{"mint":"EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
    "tokenAmount":{"amount":"2","decimals":6}}}}`
    """

    parsed: _Parsed


class _ParsedAccount(msgspec.Struct):
    """A token account.

    `{"data":{"parsed":{"info":{"mint":"EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
    "tokenAmount":{"amount":"2","decimals":6}}}}}`
    """

    data: _ParsedData


class _TokenAccount(msgspec.Struct):
    """A token account of a list.

    `{"account":{"data":{"parsed":{"info":{"mint":"EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
    "tokenAmount":{"amount":"2","decimals":6}}}}}}`
    """

    account: _ParsedAccount


class _TokenAccounts(msgspec.Struct):
    """`{"value":[]}`."""

    value: list[_TokenAccount]


_token_accounts_of = msgspec.json.Decoder(_TokenAccounts, strict=False).decode
_one = msgspec.json.Decoder(_One).decode
_many = msgspec.json.Decoder(_Many).decode


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """An account as a node gave it."""

    address: str
    owner: str
    """The program that owns it."""
    executable: bool
    lamports: int
    data: bytes
    slot: int


async def read_accounts(rpc: RpcPool, addresses: Sequence[str]) -> dict[str, Account]:
    """The accounts at these addresses, read a hundred at a time; an address without account is missing.

    Raises:
        NodeUnavailable: no provider answered.
        NodeUnreadable: none of them sent what can be read.
    """
    found: dict[str, Account] = {}
    for start in range(0, len(addresses), BATCH):
        chunk = list(addresses[start : start + BATCH])
        params = [chunk, _CONFIRMED | {"encoding": "base64"}]
        found |= await _read(rpc, "getMultipleAccounts", params, partial(_accounts, chunk))
    return found


async def account_kind(rpc: RpcPool, address: str) -> AccountKind:
    """What is at the address.

    Raises:
        NodeUnavailable: no provider answered.
    """
    return kind_of((await read_accounts(rpc, [address])).get(address))


def kind_of(account: Account | None) -> AccountKind:
    """What an account is; None: there is none."""
    if account is None:
        return AccountKind.ABSENT
    if account.executable:
        return AccountKind.PROGRAM
    if account.owner not in TOKEN_PROGRAMS:
        return AccountKind.WALLET
    return _token_kind(account.data)


async def token_account_owner(rpc: RpcPool, address: str) -> str | None:
    """The wallet that a token account belongs to; None: there is no token account at the address.

    Raises:
        NodeUnavailable: no provider answered.
    """
    account = (await read_accounts(rpc, [address])).get(address)
    if account is None or account.owner not in TOKEN_PROGRAMS or len(account.data) < _TOKEN_ACCOUNT_BYTES:
        return None
    return base58.b58encode(account.data[_OWNER_BYTES]).decode()


async def read_balance(rpc: RpcPool, address: str) -> BalanceFacts:
    """SOL and every token that the address holds, of both token programs.

    Raises:
        NodeUnavailable: no provider answered.
        NodeUnreadable: none of them sent what can be read.
    """
    config = _CONFIRMED | {"encoding": "base64", "dataSlice": {"offset": 0, "length": 0}}
    account = await _read(rpc, "getAccountInfo", [address, config], _one)
    holdings: dict[str, Holding] = {}
    for program in (TOKEN_PROGRAM, TOKEN_2022_PROGRAM):
        for holding in await _token_accounts(rpc, address, program):
            known = holdings.get(holding.mint)
            holdings[holding.mint] = holding if known is None else _sum(known, holding)
    return BalanceFacts(
        address=address,
        lamports=account.value.lamports if account.value else 0,
        holdings=tuple(sorted(holdings.values(), key=lambda holding: holding.raw, reverse=True)),
        slot=account.context.slot,
    )


async def _token_accounts(rpc: RpcPool, owner: str, program: str) -> list[Holding]:
    params = [owner, {"programId": program}, _CONFIRMED | {"encoding": "jsonParsed"}]
    found = await _read(rpc, "getTokenAccountsByOwner", params, _holdings)
    return [holding for holding in found if holding.raw > 0]


async def _read(rpc: RpcPool, method: str, params: Sequence[Any], read: Callable[[msgspec.Raw], T]) -> T:
    """What `read` makes of an answer; after one that it cannot read, each provider is asked alone.

    Raises:
        NodeUnavailable: no provider answered.
        NodeUnreadable: none of them sent what can be read.
    """
    alone = [[other for other in rpc.names if other != name] for name in rpc.names]
    for avoid in [[], *(alone if len(alone) > 1 else [])]:
        try:
            return read(await rpc.call(method, params, avoid=avoid))
        except _UNREADABLE:
            continue
    raise NodeUnreadable(f"a node answered {method} in a form that cannot be read")


def _accounts(addresses: Sequence[str], raw: msgspec.Raw) -> dict[str, Account]:
    answer = _many(raw)
    return {
        address: _account(address, value, answer.context.slot)
        for address, value in zip(addresses, answer.value, strict=True)
        if value is not None
    }


def _holdings(raw: msgspec.Raw) -> list[Holding]:
    return [_holding(one.account.data.parsed.info) for one in _token_accounts_of(raw).value]


def _holding(info: _TokenInfo) -> Holding:
    amount = info.token_amount
    raw, displayed_raw = amount.amount, shown_units(amount.ui_amount_string, amount.decimals)
    if raw > MAX_AMOUNT or not is_address(info.mint):
        raise ValueError("an amount or a mint that cannot be")
    return Holding(
        mint=info.mint,
        raw=raw,
        decimals=amount.decimals,
        scaled=None if displayed_raw == raw else displayed_raw,
        frozen=info.state == "frozen",
    )


def _sum(one: Holding, other: Holding) -> Holding:
    is_scaled = one.scaled is not None or other.scaled is not None
    return msgspec.structs.replace(
        one,
        raw=one.raw + other.raw,
        scaled=one.displayed_raw + other.displayed_raw if is_scaled else None,
        frozen=one.frozen or other.frozen,
    )


def _account(address: str, found: _AccountInfo, slot: int) -> Account:
    return Account(
        address=address,
        owner=found.owner,
        executable=found.executable,
        lamports=found.lamports,
        data=base64.b64decode(found.data[0]),
        slot=slot,
    )


def _token_kind(data: bytes) -> AccountKind:
    if len(data) == _MINT_BYTES:
        return AccountKind.MINT
    is_mint = len(data) > _TOKEN_ACCOUNT_BYTES and data[_TOKEN_ACCOUNT_BYTES] == _MINT_TYPE
    return AccountKind.MINT if is_mint else AccountKind.TOKEN_ACCOUNT
