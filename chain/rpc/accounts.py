"""The account at an address: its kind and its bytes."""

import base64
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar

import base58
import msgspec

from chain.parsing.json_shapes import Address, Count
from chain.rpc.pool import CALL_SECONDS, RpcPool
from domain.errors import NodeUnreadable
from domain.security.mints import TOKEN_PROGRAMS
from runtime.clock import monotonic

BATCH = 100
"""Accounts that one getMultipleAccounts may name."""
CONFIRMED: dict[str, Any] = {"commitment": "confirmed"}
"""By default nodes answer from finalized state, which may be older."""
_MINT_BYTES = 82
_TOKEN_ACCOUNT_BYTES = 165
_MULTISIG_BYTES = 355
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


class AccountInfo(msgspec.Struct):
    """`{"lamports":5,"owner":"11111111111111111111111111111111","executable":false,"data":["AQID","base64"],"space":3}`."""

    lamports: Count
    owner: Address
    executable: bool
    data: tuple[str, str] = ("", "base64")
    space: Count | None = None


class _Context(msgspec.Struct):
    """`{"slot":9}`."""

    slot: Count


class _Many(msgspec.Struct):
    """`{"context":{"slot":9},"value":[null]}`."""

    context: _Context
    value: list[AccountInfo | None]


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


async def read_accounts(
    rpc: RpcPool, addresses: Sequence[str], *, seconds: float = CALL_SECONDS
) -> dict[str, Account]:
    """The accounts at these addresses, read a hundred at a time; an address without account is missing.

    Args:
        rpc: whom to ask.
        addresses: of the accounts.
        seconds: how long the question for each hundred may take.

    Raises:
        NodeUnavailable: no provider answered.
        NodeUnreadable: none of them sent what can be read.
    """
    found: dict[str, Account] = {}
    for start in range(0, len(addresses), BATCH):
        chunk = list(addresses[start : start + BATCH])
        params = [chunk, CONFIRMED | {"encoding": "base64"}]
        found |= await read_answer(
            rpc, "getMultipleAccounts", params, partial(_accounts, chunk), seconds=seconds
        )
    return found


async def account_kind(rpc: RpcPool, address: str) -> AccountKind:
    """Return what is at the address.

    Raises:
        NodeUnavailable: no provider answered.
    """
    return kind_of((await read_accounts(rpc, [address])).get(address))


def kind_of(account: Account | None) -> AccountKind:
    """Return what an account is; None: there is none."""
    if account is None:
        return AccountKind.ABSENT
    if account.executable:
        return AccountKind.PROGRAM
    if account.owner not in TOKEN_PROGRAMS:
        return AccountKind.WALLET
    return _token_kind(account.data)


def is_token_account(account: Account | None) -> bool:
    """Return whether somebody holds tokens in it: an account of a token program, whole, and no multisig."""
    if account is None or account.owner not in TOKEN_PROGRAMS:
        return False
    return len(account.data) >= _TOKEN_ACCOUNT_BYTES and len(account.data) != _MULTISIG_BYTES


async def token_account_owner(rpc: RpcPool, address: str) -> str | None:
    """The wallet that a token account belongs to; None: there is no token account at the address.

    Raises:
        NodeUnavailable: no provider answered.
    """
    account = (await read_accounts(rpc, [address])).get(address)
    if account is None or not is_token_account(account):
        return None
    return base58.b58encode(account.data[_OWNER_BYTES]).decode()


async def read_answer(
    rpc: RpcPool,
    method: str,
    params: Sequence[Any],
    read: Callable[[msgspec.Raw], T],
    *,
    seconds: float = CALL_SECONDS,
) -> T:
    """Return what `read` makes of an answer; after one that it cannot read, each provider is asked alone.

    Args:
        rpc: whom to ask.
        method: of JSON-RPC.
        params: of the method.
        read: raises what a decoder raises.
        seconds: how long, all tries together.

    Raises:
        NodeUnavailable: no provider answered.
        NodeUnreadable: none of them sent what can be read.
    """
    alone = [[other for other in rpc.names if other != name] for name in rpc.names]
    ends_at = monotonic() + seconds
    for avoid in [[], *(alone if len(alone) > 1 else [])]:
        if (left := ends_at - monotonic()) <= 0:
            break
        try:
            return read(await rpc.call(method, params, seconds=left, avoid=avoid))
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


def _account(address: str, found: AccountInfo, slot: int) -> Account:
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
