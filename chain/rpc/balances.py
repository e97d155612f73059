"""Balances: SOL of many addresses at once; tokens and staked SOL of one."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec

from chain.decoders.bounds import is_address
from chain.parsing.json_shapes import MAX_AMOUNT, Address, Count, Decimals, RawAmount
from chain.parsing.shown_amounts import shown_units
from chain.rpc.accounts import BATCH, CONFIRMED, AccountInfo, read_answer
from chain.rpc.errors import Rejected
from chain.rpc.pool import RpcPool
from domain.activity.amounts import BalanceFacts, Holding, SolReading, joined
from domain.errors import NodeUnavailable
from domain.security.mints import TOKEN_2022_PROGRAM, TOKEN_PROGRAM
from domain.security.wallet_facts import TokenAccount

STAKE_PROGRAM = "Stake11111111111111111111111111111111111111"
_WITHDRAWER_OFFSET = 44
"""Of a stake account: who may withdraw. https://docs.rs/solana-stake-interface, `Meta`."""
STAKE_SECONDS = 3.0
"""Many nodes do not list accounts of a program, or take long: the balance does not wait for that."""
AT_ONCE = 16
"""Requests for the SOL of many addresses beside each other."""
_NO_DATA: dict[str, Any] = CONFIRMED | {"encoding": "base64", "dataSlice": {"offset": 0, "length": 0}}


class _Context(msgspec.Struct):
    """`{"slot":9}`."""

    slot: Count


class _One(msgspec.Struct):
    """`{"context":{"slot":9},"value":null}`."""

    context: _Context
    value: AccountInfo | None


class _Lamports(msgspec.Struct):
    """`{"lamports":5}`, of an account whose other fields are not read."""

    lamports: Count


class _Many(msgspec.Struct):
    """`{"context":{"slot":9},"value":[{"lamports":5},null]}`."""

    context: _Context
    value: list[_Lamports | None]


class _StakeAccount(msgspec.Struct):
    """`{"account":{"lamports":5}}`."""

    account: _Lamports


class _TokenAmount(msgspec.Struct, rename="camel"):
    """`{"amount":"2000000","decimals":6,"uiAmountString":"2"}`."""

    amount: RawAmount
    decimals: Decimals
    ui_amount_string: str | None = None


class _DelegatedAmount(msgspec.Struct):
    """`{"amount":"2000000"}`."""

    amount: RawAmount


class _TokenInfo(msgspec.Struct, rename="camel"):
    """A token account, as nodes parse it.

    `{"mint":"EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v","state":"initialized",
    "tokenAmount":{"amount":"2000000","decimals":6},"delegate":"7w5g…","delegatedAmount":{"amount":"5"}}`.
    """

    mint: Address
    token_amount: _TokenAmount
    state: str = ""
    delegate: Address | None = None
    delegated_amount: _DelegatedAmount | None = None
    close_authority: Address | None = None


class _Parsed(msgspec.Struct):
    """`{"info":{"mint":"EPjF…","tokenAmount":{"amount":"5","decimals":6}}}`."""

    info: _TokenInfo


class _ParsedData(msgspec.Struct):
    """`{"parsed":{"info":{"mint":"EPjF…","tokenAmount":{"amount":"5","decimals":6}}}}`."""

    parsed: _Parsed


class _ParsedAccount(msgspec.Struct):
    """`{"data":{"parsed":{"info":{"mint":"EPjF…","tokenAmount":{"amount":"5","decimals":6}}}}}`."""

    data: _ParsedData


class _ListedAccount(msgspec.Struct):
    """A token account of a list.

    `{"pubkey":"8sLb…","account":{"data":{"parsed":{"info":{"mint":"EPjF…","tokenAmount":{"amount":"5","decimals":6}}}}}}`.
    """

    account: _ParsedAccount
    pubkey: str = ""


class _TokenAccounts(msgspec.Struct):
    """`{"value":[]}`."""

    value: list[_ListedAccount]


_one = msgspec.json.Decoder(_One).decode
_many = msgspec.json.Decoder(_Many).decode
_stakes = msgspec.json.Decoder(list[_StakeAccount]).decode
_listed = msgspec.json.Decoder(_TokenAccounts, strict=False).decode


async def read_sol(rpc: RpcPool, addresses: Sequence[str]) -> dict[str, SolReading]:
    """The SOL of these addresses, a hundred with each request, several requests beside each other.

    Raises:
        NodeUnavailable: no provider answered.
        NodeUnreadable: none of them sent what can be read.
    """
    room = asyncio.Semaphore(AT_ONCE)

    async def read(chunk: list[str]) -> dict[str, SolReading]:
        async with room:
            answer = await read_answer(rpc, "getMultipleAccounts", [chunk, _NO_DATA], _many)
        slot = answer.context.slot
        return {
            address: SolReading(lamports=0 if one is None else one.lamports, slot=slot)
            for address, one in zip(chunk, answer.value, strict=True)
        }

    chunks = [list(addresses[begin : begin + BATCH]) for begin in range(0, len(addresses), BATCH)]
    found: dict[str, SolReading] = {}
    for part in await asyncio.gather(*map(read, chunks), return_exceptions=True):
        if isinstance(part, BaseException):  # raised only now, when nothing is asked any more
            raise part
        found |= part
    return found


async def read_balance(rpc: RpcPool, address: str) -> BalanceFacts:
    """SOL, every token of both token programs, and the SOL staked where the node lists stake accounts.

    Raises:
        NodeUnavailable: no provider answered.
        NodeUnreadable: none of them sent what can be read.
    """
    account = await read_answer(rpc, "getAccountInfo", [address, _NO_DATA], _one)
    accounts = await read_token_accounts(rpc, address)
    holdings = joined(one.holding for one in accounts if one.holding.raw > 0)
    return BalanceFacts(
        address=address,
        lamports=account.value.lamports if account.value else 0,
        staked=await read_staked(rpc, address),
        holdings=tuple(sorted(holdings, key=lambda holding: holding.raw, reverse=True)),
        slot=account.context.slot,
    )


async def read_token_accounts(rpc: RpcPool, owner: str) -> list[TokenAccount]:
    """Every token account of an owner, of both programs, with who else has power over it; empty ones, too.

    Raises:
        NodeUnavailable: no provider answered.
        NodeUnreadable: none of them sent what can be read.
    """
    found: list[TokenAccount] = []
    for program in (TOKEN_PROGRAM, TOKEN_2022_PROGRAM):
        params = [owner, {"programId": program}, CONFIRMED | {"encoding": "jsonParsed"}]
        found += await read_answer(rpc, "getTokenAccountsByOwner", params, parsed_token_accounts)
    return found


async def read_staked(rpc: RpcPool, owner: str) -> int | None:
    """The lamports in stake accounts that `owner` may withdraw from; None: no node lists them in time."""
    filters = [{"memcmp": {"offset": _WITHDRAWER_OFFSET, "bytes": owner}}]
    params = [STAKE_PROGRAM, _NO_DATA | {"filters": filters}]
    try:
        async with asyncio.timeout(STAKE_SECONDS):
            raw = await rpc.call("getProgramAccounts", params, seconds=STAKE_SECONDS)
            return sum(one.account.lamports for one in _stakes(raw))
    except (NodeUnavailable, Rejected, TimeoutError, msgspec.MsgspecError):
        return None


def parsed_token_accounts(raw: msgspec.Raw) -> list[TokenAccount]:
    """The token accounts in an answer to getTokenAccountsByOwner with `jsonParsed`.

    Raises:
        ValueError: it has another shape, or says what cannot be.
    """
    return [_token_account(one.pubkey, one.account.data.parsed.info) for one in _listed(raw).value]


def _token_account(address: str, info: _TokenInfo) -> TokenAccount:
    amount = info.token_amount
    raw, displayed_raw = amount.amount, shown_units(amount.ui_amount_string, amount.decimals)
    powers = (info.mint, info.delegate or info.mint, info.close_authority or info.mint)
    if raw > MAX_AMOUNT or not all(map(is_address, powers)):
        raise ValueError("an amount or an address that cannot be")
    return TokenAccount(
        address=address,
        holding=Holding(
            mint=info.mint,
            raw=raw,
            decimals=amount.decimals,
            scaled=None if displayed_raw == raw else displayed_raw,
            frozen=info.state == "frozen",
        ),
        delegate=info.delegate,
        delegated=0 if info.delegated_amount is None else min(info.delegated_amount.amount, MAX_AMOUNT),
        close_authority=info.close_authority,
    )
