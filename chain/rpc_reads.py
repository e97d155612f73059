"""The questions that are asked of nodes, each with its parameters and the shape of its answer.

Blocks and transactions come back undecoded, for `chain/block.py` and `chain/transaction.py`. Each function
raises what `RpcPool.call` raises.
"""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any, Protocol, TypeVar

import msgspec

from chain.rpc_errors import Broken

T = TypeVar("T")

ACCOUNTS_AT_ONCE = 100
"""What getMultipleAccounts takes."""
_WAYS = 4
"""Batches of accounts that are asked for at the same time."""
_BLOCK_SECONDS = 30.0


class Rpc(Protocol):
    """Whoever can ask a node; `chain.rpc.RpcPool`."""

    async def call(
        self, method: str, params: Sequence[Any] = (), *, seconds: float = 20.0, avoid: Collection[str] = ()
    ) -> msgspec.Raw:
        """The `result`, undecoded."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """An account as the chain holds it."""

    owner: str
    """The program that it belongs to."""
    lamports: int
    data: tuple[str, str]
    """Base64, and the word "base64"."""
    executable: bool = False


class TokenAccount(msgspec.Struct, frozen=True):
    """One token account of a wallet, undecoded."""

    pubkey: str
    account: Account


class _Value(msgspec.Struct):
    value: msgspec.Raw


class SignatureSeen(msgspec.Struct, frozen=True, rename="camel"):
    """An entry of getSignaturesForAddress."""

    signature: str
    slot: int
    err: msgspec.Raw = msgspec.Raw(b"null")
    block_time: int | None = None


async def current_slot(rpc: Rpc, *, commitment: str, seconds: float = 20.0) -> int:
    """The newest slot of this commitment."""
    slot: int = _read(await rpc.call("getSlot", [{"commitment": commitment}], seconds=seconds), int)
    return slot


async def genesis_hash(rpc: Rpc) -> str:
    """Which chain this is."""
    genesis: str = _read(await rpc.call("getGenesisHash"), str)
    return genesis


async def block(rpc: Rpc, slot: int, *, commitment: str, avoid: Collection[str] = ()) -> msgspec.Raw:
    """The whole block of a slot, undecoded, without rewards.

    Raises:
        Skipped: one provider says that there is none; nothing is proven by that.
        NotYet: the slot is not there yet.
    """
    config = {
        "commitment": at_least_confirmed(commitment),
        "encoding": "json",
        "transactionDetails": "full",
        "rewards": False,
        "maxSupportedTransactionVersion": 1,
    }
    return await rpc.call("getBlock", [slot, config], seconds=_BLOCK_SECONDS, avoid=avoid)


async def blocks_between(
    rpc: Rpc, first: int, last: int, *, commitment: str, avoid: Collection[str] = ()
) -> list[int]:
    """The slots from `first` to `last` that have a block; `last` at most 500,000 above."""
    config = {"commitment": at_least_confirmed(commitment)}
    slots: list[int] = _read(await rpc.call("getBlocks", [first, last, config], avoid=avoid), list[int])
    return slots


async def transaction(rpc: Rpc, signature: str, *, commitment: str, seconds: float = 20.0) -> bytes | None:
    """A transaction with its outcome, undecoded; None: the node does not know it (yet)."""
    config = {
        "commitment": at_least_confirmed(commitment),
        "encoding": "json",
        "maxSupportedTransactionVersion": 1,
    }
    result = bytes(await rpc.call("getTransaction", [signature, config], seconds=seconds))
    return None if result == b"null" else result


async def account(rpc: Rpc, address: str, *, commitment: str = "confirmed") -> Account | None:
    """One account; None: there is none."""
    found: Account | None = await _value(
        rpc, "getAccountInfo", [address, _base64(commitment)], Account | None
    )
    return found


async def accounts(
    rpc: Rpc, addresses: Sequence[str], *, commitment: str = "confirmed"
) -> dict[str, Account | None]:
    """Many accounts, a hundred a request; None for those that do not exist."""
    unique = list(dict.fromkeys(addresses))
    parts = [unique[start : start + ACCOUNTS_AT_ONCE] for start in range(0, len(unique), ACCOUNTS_AT_ONCE)]
    ways = asyncio.Semaphore(_WAYS)

    async def ask(part: list[str]) -> list[Account | None]:
        async with ways:
            found: list[Account | None] = await _value(
                rpc, "getMultipleAccounts", [part, _base64(commitment)], list[Account | None]
            )
        if len(found) != len(part):
            raise Broken(f"{len(found)} accounts for {len(part)} addresses", provider="getMultipleAccounts")
        return found

    answers = await asyncio.gather(*map(ask, parts))
    return dict(zip(unique, (account for answer in answers for account in answer), strict=True))


async def balance(rpc: Rpc, address: str, *, commitment: str = "confirmed") -> int:
    """Lamports of an address; 0 where there is no account."""
    lamports: int = await _value(rpc, "getBalance", [address, {"commitment": commitment}], int)
    return lamports


async def token_accounts(
    rpc: Rpc, owner: str, *, program: str, commitment: str = "confirmed"
) -> list[TokenAccount]:
    """The token accounts of a wallet under one token program."""
    params = [owner, {"programId": program}, _base64(commitment)]
    found: list[TokenAccount] = await _value(rpc, "getTokenAccountsByOwner", params, list[TokenAccount])
    return found


async def signatures_for(
    rpc: Rpc, address: str, *, limit: int = 1_000, before: str | None = None, commitment: str = "confirmed"
) -> list[SignatureSeen]:
    """The newest transactions that name an address, newest first, at most 1,000, older than `before`."""
    config: dict[str, Any] = {"limit": limit, "commitment": at_least_confirmed(commitment)}
    if before is not None:
        config["before"] = before
    seen: list[SignatureSeen] = _read(
        await rpc.call("getSignaturesForAddress", [address, config]), list[SignatureSeen]
    )
    return seen


def at_least_confirmed(commitment: str) -> str:
    """The commitment for questions that nodes do not answer at `processed`."""
    return "confirmed" if commitment == "processed" else commitment


def _base64(commitment: str) -> dict[str, str]:
    return {"encoding": "base64", "commitment": commitment}


async def _value(rpc: Rpc, method: str, params: Sequence[Any], shape: Any) -> Any:
    """The `value` of an answer that comes with its context."""
    return _read(_read(await rpc.call(method, params), _Value).value, shape)


def _read(raw: msgspec.Raw, shape: Any) -> Any:
    try:
        return msgspec.json.decode(raw, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Broken(f"an answer of another shape: {error}", provider="node") from None
