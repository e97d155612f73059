"""The questions about slots, blocks and transactions, each with its parameters and the shape of its answer.

Blocks and transactions come back undecoded, for `chain/blocks/` and `chain/parsing/`. `chain/rpc/accounts.py`
reads accounts. Each function raises what `RpcPool.call` raises.
"""

from collections.abc import Collection, Sequence
from typing import Any, Protocol

import msgspec

from chain.rpc.errors import Broken

_BLOCK_SECONDS = 30.0


class Rpc(Protocol):
    """Asks nodes; `chain.rpc.pool.RpcPool`."""

    async def call(
        self, method: str, params: Sequence[Any] = (), *, seconds: float = 20.0, avoid: Collection[str] = ()
    ) -> msgspec.Raw:
        """The `result`, undecoded.

        Args:
            method: of JSON-RPC.
            params: of the method.
            seconds: how long, all tries together.
            avoid: names of providers that are not asked.
        """


async def current_slot(rpc: Rpc, *, commitment: str, seconds: float = 20.0) -> int:
    """The newest slot.

    Args:
        rpc: the nodes.
        commitment: of the slot.
        seconds: how long the answer may take.
    """
    slot: int = _read(await rpc.call("getSlot", [{"commitment": commitment}], seconds=seconds), int)
    return slot


async def genesis_hash(rpc: Rpc) -> str:
    """Which chain this is."""
    genesis: str = _read(await rpc.call("getGenesisHash"), str)
    return genesis


async def block(rpc: Rpc, slot: int, *, commitment: str, avoid: Collection[str] = ()) -> msgspec.Raw:
    """The whole block of a slot, undecoded, without rewards.

    Args:
        rpc: the nodes.
        slot: of the block.
        commitment: of the block; `confirmed` in place of `processed`.
        avoid: names of providers that are not asked.

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
    """The slots in a range that have a block.

    Args:
        rpc: the nodes.
        first: slot of the range.
        last: slot of the range, at most 500,000 above the first.
        commitment: of the blocks; `confirmed` in place of `processed`.
        avoid: names of providers that are not asked.
    """
    config = {"commitment": at_least_confirmed(commitment)}
    slots: list[int] = _read(await rpc.call("getBlocks", [first, last, config], avoid=avoid), list[int])
    return slots


async def transaction(rpc: Rpc, signature: str, *, commitment: str, seconds: float = 20.0) -> bytes | None:
    """A transaction with its meta, undecoded; None: the node does not know it (yet).

    Args:
        rpc: the nodes.
        signature: of the transaction.
        commitment: of the transaction; `confirmed` in place of `processed`.
        seconds: how long the answer may take.
    """
    config = {
        "commitment": at_least_confirmed(commitment),
        "encoding": "json",
        "maxSupportedTransactionVersion": 1,
    }
    result = bytes(await rpc.call("getTransaction", [signature, config], seconds=seconds))
    return None if result == b"null" else result


def at_least_confirmed(commitment: str) -> str:
    """The commitment for questions that nodes do not answer at `processed`."""
    return "confirmed" if commitment == "processed" else commitment


def _read(raw: msgspec.Raw, shape: Any) -> Any:
    try:
        return msgspec.json.decode(raw, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Broken(f"an answer of another shape: {error}", provider="node") from None
