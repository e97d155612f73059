"""RPC requests for slots, blocks and transactions, each with the shape of its answer.

Blocks and transactions come back undecoded, for `chain/blocks/` and `chain/parsing/`. `chain/rpc/accounts.py`
reads accounts. Each function raises what `RpcPool.call` raises.
"""

from collections.abc import Collection, Sequence
from typing import Annotated, Any, Protocol

import msgspec

from chain.rpc.errors import Skipped, UnusableAnswer

_BLOCK_SECONDS = 30.0
Slot = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Hash = Annotated[str, msgspec.Meta(min_length=1, max_length=88)]


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


class BlockSummary(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A block without its transactions: `{"blockhash":"b","parentSlot":7,"blockTime":1700000000}`."""

    blockhash: Hash
    block_time: int | None = None
    """Unix seconds, as the node says."""


async def current_slot(
    rpc: Rpc, *, commitment: str, seconds: float = 20.0, avoid: Collection[str] = ()
) -> int:
    """The newest slot, as one node says. Nothing but the clock speaks for it.

    Args:
        rpc: the nodes.
        commitment: of the slot.
        seconds: how long the answer may take.
        avoid: names of providers that are not asked.
    """
    raw = await rpc.call("getSlot", [{"commitment": commitment}], seconds=seconds, avoid=avoid)
    slot: int = _read(raw, Slot)
    return slot


async def first_available_block(rpc: Rpc, *, avoid: Collection[str] = ()) -> int:
    """The lowest slot whose block one node still has; a node knows nothing of what happened before it.

    Args:
        rpc: the nodes.
        avoid: names of providers that are not asked.
    """
    slot: int = _read(await rpc.call("getFirstAvailableBlock", avoid=avoid), Slot)
    return slot


async def block_summary(
    rpc: Rpc, slot: int, *, commitment: str, seconds: float, avoid: Collection[str] = ()
) -> BlockSummary:
    """A block without its transactions.

    Args:
        rpc: the nodes.
        slot: of the block.
        commitment: of the block.
        seconds: how long the answer may take.
        avoid: names of providers that are not asked.

    Raises:
        Skipped, NotYet: the provider says that there is none, or none yet.
    """
    config = {"commitment": commitment, "transactionDetails": "none", "rewards": False}
    config |= {"maxSupportedTransactionVersion": 1}
    raw = await rpc.call("getBlock", [slot, config], seconds=seconds, avoid=avoid)
    if bytes(raw) == b"null":
        raise Skipped(f"slot {slot} is answered without a block", provider="node")
    summary: BlockSummary = _read(raw, BlockSummary)
    return summary


async def genesis_hash(rpc: Rpc) -> str:
    """Return which chain this is."""
    genesis: str = _read(await rpc.call("getGenesisHash"), Hash)
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
    """The slots in a range that have a block; what a node lists beyond the range is left out.

    Args:
        rpc: the nodes.
        first: slot of the range.
        last: slot of the range, at most 500,000 above the first.
        commitment: of the blocks; `confirmed` in place of `processed`.
        avoid: names of providers that are not asked.
    """
    config = {"commitment": at_least_confirmed(commitment)}
    slots: list[int] = _read(await rpc.call("getBlocks", [first, last, config], avoid=avoid), list[int])
    return [slot for slot in slots if first <= slot <= last]


async def transaction(
    rpc: Rpc, signature: str, *, commitment: str, seconds: float = 20.0, avoid: Collection[str] = ()
) -> bytes | None:
    """A transaction with its meta, undecoded; None: the node does not know it (yet).

    Args:
        rpc: the nodes.
        signature: of the transaction.
        commitment: of the transaction; `confirmed` in place of `processed`.
        seconds: how long the answer may take.
        avoid: names of providers that are not asked.
    """
    config = {
        "commitment": at_least_confirmed(commitment),
        "encoding": "json",
        "maxSupportedTransactionVersion": 1,
    }
    result = bytes(await rpc.call("getTransaction", [signature, config], seconds=seconds, avoid=avoid))
    return None if result == b"null" else result


def at_least_confirmed(commitment: str) -> str:
    """The commitment for questions that nodes do not answer at `processed`."""
    return "confirmed" if commitment == "processed" else commitment


def _read(raw: msgspec.Raw, shape: Any) -> Any:
    try:
        return msgspec.json.decode(raw, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnusableAnswer(f"an answer of another shape: {error}", provider="node") from None
