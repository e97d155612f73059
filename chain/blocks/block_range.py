"""A range of blocks from one slot on, complete: each block names its parent, so none can be left out."""

import asyncio
from dataclasses import dataclass, replace

import msgspec

from chain.blocks.decoding import DecodedBlock, block_activities
from chain.rpc.blocks import Rpc, block, blocks_between, current_slot
from chain.rpc.errors import Skipped
from domain.activity.activity import Activity
from domain.errors import NodeUnavailable, WhaleWatcherError

MAX_SLOTS_AHEAD = 1_000
"""Slots in which the next blocks are looked for; more without any block are an outage of the chain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockRange:
    """What every signer did after one slot, up to another."""

    upto: int
    """Every slot up to here is read, or proven to have no block."""
    activities: tuple[Activity, ...] = ()
    undecodable: int = 0
    """Transactions that could not be read."""
    is_at_head: bool = False
    """Whether there was nothing more to read."""


async def read_block_range(rpc: Rpc, *, after: int, limit: int, chain: str, commitment: str) -> BlockRange:
    """The next blocks above a slot; after a fault those before it.

    A node's list of blocks proves nothing. That the first block's parent is not above `after`, and that of
    each later one is the block before it, does. A slot without a block counts when a later block proves it.

    Args:
        rpc: the nodes.
        after: the slot above which to begin.
        limit: how many blocks to read at most.
        chain: the name of the chain, for the activities.
        commitment: of the blocks.

    Raises:
        NodeUnavailable: no block could be had, or one that exists was left out.
        Undecodable: the first block cannot be read at all.
        Skipped, Rejected: a node contradicts itself, or refuses.
    """
    head = await current_slot(rpc, commitment=commitment)
    slots = await _slots_with_block(rpc, after, head, commitment)
    chosen = slots[:limit]
    fetched = await asyncio.gather(
        *(block(rpc, slot, commitment=commitment) for slot in chosen), return_exceptions=True
    )
    block_range = BlockRange(upto=after)
    for slot, raw in zip(chosen, fetched, strict=True):
        try:
            block_range = _extended(block_range, slot, _decoded(raw, slot, chain))
        except WhaleWatcherError:
            if block_range.upto == after:
                raise
            break
        await asyncio.sleep(0)  # a block of a busy chain takes long to decode: others live in this loop too
    return replace(block_range, is_at_head=len(slots) <= limit)


async def _slots_with_block(rpc: Rpc, after: int, head: int, commitment: str) -> list[int]:
    """Slots above `after` that have a block by a node's list, in order."""
    if head <= after:
        return []
    listed = await blocks_between(rpc, after + 1, min(head, after + MAX_SLOTS_AHEAD), commitment=commitment)
    slots = sorted({slot for slot in listed if slot > after})
    if not slots and head > after + MAX_SLOTS_AHEAD:
        raise NodeUnavailable(f"no node lists a block in the {MAX_SLOTS_AHEAD} slots after {after}")
    return slots


def _decoded(raw: msgspec.Raw | BaseException, slot: int, chain: str) -> DecodedBlock:
    if isinstance(raw, BaseException):
        raise raw
    if bytes(memoryview(raw)[:4]) == b"null":
        raise Skipped(f"slot {slot} is listed without a block", provider="node")
    return block_activities(raw, slot=slot, chain=chain, watched=None)


def _extended(block_range: BlockRange, slot: int, decoded: DecodedBlock) -> BlockRange:
    if decoded.parent_slot > block_range.upto:
        raise NodeUnavailable(f"no node lists the block of slot {decoded.parent_slot}, which exists")
    return BlockRange(
        upto=slot,
        activities=block_range.activities + tuple(decoded.activities),
        undecodable=block_range.undecodable + len(decoded.undecodable),
    )
