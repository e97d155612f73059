"""RPC methods about blocks."""

from typing import Any

import msgspec

from sandbox.chain.errors import (
    RpcError,
    block_cleaned_up,
    block_not_available,
    block_status_not_available_yet,
    invalid_params,
    long_term_slot_skipped,
    slot_skipped,
)
from sandbox.chain.node.blocks import Block, Commitment
from sandbox.chain.rpc.params import Params, read_commitment, read_encoding
from sandbox.chain.rpc.responses import Details, Shape, block_json
from sandbox.chain.rpc.view import View

_MAX_RANGE_SLOTS = 500_000


class BlockConfig(msgspec.Struct, rename="camel"):
    """The options of getBlock.

    `{"commitment": "confirmed", "transactionDetails": "full", "rewards": false,
    "maxSupportedTransactionVersion": 1}`.
    """

    commitment: str | None = None
    encoding: str | None = None
    transaction_details: Details | None = None
    rewards: bool | None = None
    max_supported_transaction_version: int | None = None


class _Range(msgspec.Struct, rename="camel"):
    """`{"commitment":"confirmed","minContextSlot":341220118}`."""

    commitment: str | None = None
    min_context_slot: int | None = None


def get_block(view: View, params: Params) -> dict[str, Any]:
    """One block with its transactions."""
    slot, raw = params.number(0), params.optional(1)
    config = BlockConfig(encoding=raw) if isinstance(raw, str) else params.config(1, BlockConfig)
    shape = Shape(
        encoding=read_encoding(config.encoding),
        details=config.transaction_details or "full",
        rewards=config.rewards is not False,
        max_version=config.max_supported_transaction_version,
    )
    shape.check()
    return block_json(find_block(view, slot, at_least_confirmed(config.commitment)), shape)


def at_least_confirmed(name: str | None) -> Commitment:
    """The commitment of a request for stored blocks.

    Raises:
        RpcError: it is below confirmed.
    """
    commitment = read_commitment(name)
    if commitment < Commitment.confirmed:
        raise invalid_params("Method does not support commitment below `confirmed`")
    return commitment


def find_block(view: View, slot: int, commitment: Commitment) -> Block:
    """The block of a slot.

    Args:
        view: what the node knows.
        slot: of the block.
        commitment: which it must have reached.

    Raises:
        RpcError: there is none, or a fault hides it.
    """
    block = view.chain.history.block(slot)
    if block is not None and view.faults.take("lying", method="getBlock", slot=slot):
        raise slot_skipped(slot)
    if block is not None and view.knows(block, commitment):
        return block
    raise _absence(view, slot)


def _absence(view: View, slot: int) -> RpcError:
    """Why there is no block; a slot is called skipped only once it is finalized."""
    history = view.chain.history
    if slot > view.tip(Commitment.finalized).slot:
        finalized = slot <= history.tip(Commitment.finalized).slot
        return block_status_not_available_yet(slot) if finalized else block_not_available(slot)
    if slot < view.config.start_slot:
        return long_term_slot_skipped(slot)
    if slot < history.first_slot:
        return block_cleaned_up(slot, history.first_slot)
    return slot_skipped(slot)


def get_blocks(view: View, params: Params) -> list[int]:
    """The slots that have a block, from the first to the last asked for, both included."""
    start, end = params.number(0), params.optional(1)
    given = isinstance(end, int)
    config = params.config(2 if given or end is None else 1, _Range)
    tip = view.tip(at_least_confirmed(config.commitment)).slot
    if given and end - start > _MAX_RANGE_SLOTS:
        raise invalid_params(f"Slot range too large; max {_MAX_RANGE_SLOTS}")
    last = min(end if given else start + _MAX_RANGE_SLOTS, tip)
    found = (block.slot for block in view.chain.history.backwards() if start <= block.slot <= last)
    return list(found)[::-1]


def get_first_available_block(view: View, params: Params) -> int:
    """The lowest slot that is kept."""
    del params
    return view.chain.history.first_slot


def get_block_time(view: View, params: Params) -> int | None:
    """When a block was produced, in unix seconds."""
    return find_block(view, params.number(0), Commitment.confirmed).time
