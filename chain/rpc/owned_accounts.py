"""The token accounts of a wallet, and what they hold, as it is asked in order to miss nothing of the wallet.

An incoming token transfer mentions the token account, but not always its owner.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from chain.parsing.json_shapes import Address
from chain.rpc.blocks import at_least_confirmed
from chain.rpc.errors import NotYet, UnusableAnswer
from chain.rpc.pool import RpcPool
from domain.errors import NodeUnavailable
from domain.security.mints import TOKEN_PROGRAMS

ACCOUNTS_AT_ONCE = 100
"""Accounts that a node reads in one request."""


class _TokenAccount(msgspec.Struct):
    """`{"pubkey":"EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v","account":{}}`."""

    pubkey: Address


class _TokenAccounts(msgspec.Struct):
    """`{"context":{"slot":9},"value":[{"pubkey":"EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"}]}`."""

    value: list[_TokenAccount]


async def token_accounts(rpc: RpcPool, owner: str, *, commitment: str) -> list[str]:
    """The addresses of the token accounts of a wallet.

    Args:
        rpc: the nodes.
        owner: the wallet.
        commitment: of the accounts; `confirmed` in place of `processed`.

    Raises:
        NodeUnavailable: no provider answered.
    """
    config = {
        "commitment": at_least_confirmed(commitment),
        "encoding": "base64",
        "dataSlice": {"offset": 0, "length": 0},
    }
    found: list[str] = []
    for program in TOKEN_PROGRAMS:
        raw = await rpc.call("getTokenAccountsByOwner", [owner, {"programId": program}, config])
        found += [account.pubkey for account in _read(raw, _TokenAccounts).value]
    return found


class _State(msgspec.Struct, frozen=True):
    """`{"lamports":2039280,"data":["BQAAAAAAAAA=","base64"]}`."""

    lamports: int
    data: tuple[str, str]


class _States(msgspec.Struct):
    """`{"context":{"slot":9},"value":[null,{"lamports":2039280,"data":["BQAAAAAAAAA=","base64"]}]}`."""

    value: list[_State | None]


TokenAccountState = _State | None
"""What a token account holds; None: there is no such account. Equal states hold the same."""


async def token_account_states(
    rpc: RpcPool, accounts: Sequence[str], *, upto: int, commitment: str
) -> list[TokenAccountState]:
    """Return what token accounts hold, a hundred in one request, in order.

    Args:
        rpc: the nodes.
        accounts: their addresses.
        upto: the slot that the node must have come to at least.
        commitment: of the states; `confirmed` in place of `processed`.

    Raises:
        NodeUnavailable: no provider answered, or none has come to `upto`.
    """
    config = {
        "commitment": at_least_confirmed(commitment),
        "encoding": "base64",
        "dataSlice": {"offset": 64, "length": 8},  # the amount
        "minContextSlot": upto,
    }
    found: list[TokenAccountState] = []
    for start in range(0, len(accounts), ACCOUNTS_AT_ONCE):
        part = list(accounts[start : start + ACCOUNTS_AT_ONCE])
        try:
            states = _read(await rpc.call("getMultipleAccounts", [part, config]), _States).value
        except NotYet as error:
            raise NodeUnavailable(f"no node has come to slot {upto} yet: {error}") from None
        if len(states) != len(part):
            raise UnusableAnswer("states of another number than was asked", provider="node")
        found += states
    return found


def _read(raw: msgspec.Raw, shape: Any) -> Any:
    try:
        return msgspec.json.decode(raw, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnusableAnswer(f"an answer of another shape: {error}", provider="node") from None
