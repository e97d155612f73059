"""A block out of a node's JSON: its own facts, and its transactions apart but unread. Pure.

The shapes: a getBlock result, a blockNotification's payload, or the whole answer or notification.
"""

from collections.abc import Callable
from typing import TypeVar

import msgspec
from msgspec import Raw, Struct, field

from chain.parsing import json_shapes
from chain.parsing.json_shapes import decode_mending
from domain.errors import Undecodable

_MAX_WRAPPINGS = 5
MAX_BAD = 1_000
"""Transactions of a block that are kept apart; with more of them the block as a whole cannot be read."""
_USUAL_BYTES = 4 << 20
"""Larger blocks are rare, so that one more check of them costs little."""
_MAX_PARTS = 1_500_000
"""Commas in a block: of real ones there is one in 25 bytes, of one made to fill the memory one in two."""


class Block(Struct, frozen=True, kw_only=True):
    """A block's own facts, and its transactions not yet read."""

    slot: int | None
    """None: getBlock does not repeat the slot it was asked for."""
    parent_slot: int
    blockhash: str
    previous_blockhash: str
    block_time: int | None
    """Unix seconds; None: the node does not say it (2020), or says what cannot be."""
    height: int | None
    transactions: tuple[Raw, ...]
    """Each as the node wrote it, in the order of the block."""


class BlockHeader(Struct, frozen=True, gc=False):
    """What surrounds a block's transactions, or the wrapping around a block.

    `{"parentSlot":7,"blockhash":"b","previousBlockhash":"a","blockTime":1700000000,"blockHeight":6}`
    """

    parent_slot: json_shapes.Count | None = field(name="parentSlot", default=None)
    blockhash: str = ""
    previous_blockhash: str = field(name="previousBlockhash", default="")
    block_time: int | None = field(name="blockTime", default=None)
    height: int | None = field(name="blockHeight", default=None)
    slot: int | None = None
    result: Raw = json_shapes.ABSENT
    params: Raw = json_shapes.ABSENT
    value: Raw = json_shapes.ABSENT
    block: Raw = json_shapes.ABSENT

    @property
    def inside(self) -> Raw:
        """What is wrapped, where this is the wrapping of a block."""
        return self.result or self.params or self.value or self.block


_Opened = TypeVar("_Opened", bound=BlockHeader)


class _RawBlock(BlockHeader, frozen=True, gc=False):
    """`{"parentSlot":7,"blockhash":"b","transactions":[{"transaction":{},"meta":{}}]}`."""

    transactions: tuple[Raw, ...] | None = None


_raw_block = msgspec.json.Decoder(_RawBlock, strict=False).decode


def refuse_dense(raw: bytes | Raw) -> None:
    """Refuse a block that would take many times its size once it is read.

    Raises:
        Undecodable: it is one.
    """
    if memoryview(raw).nbytes > _USUAL_BYTES and bytes(raw).count(b",") > _MAX_PARTS:
        raise Undecodable("a block of more parts than any real one has")


def read_block(raw: bytes | Raw) -> Block:
    """The block in `raw`, its transactions apart but unread.

    Raises:
        Undecodable: not a block with its transactions.
    """
    try:
        opened, slot = decode_mending(_opened_raw, raw)
    except json_shapes.BAD_JSON as error:
        raise Undecodable(json_shapes.explain("block", raw, error)) from error
    if opened.parent_slot is None or opened.transactions is None:
        raise Undecodable("no block, or one without its transactions")
    return Block(
        slot=slot,
        parent_slot=opened.parent_slot,
        blockhash=opened.blockhash,
        previous_blockhash=opened.previous_blockhash,
        block_time=json_shapes.plausible_time(opened.block_time),
        height=opened.height,
        transactions=opened.transactions,
    )


def _opened_raw(raw: bytes | Raw) -> tuple[_RawBlock, int | None]:
    return open_block(raw, _raw_block)


def open_block(raw: bytes | Raw, decode: Callable[[bytes | Raw], _Opened]) -> tuple[_Opened, int | None]:
    """The block out of its wrapping, and the slot that the wrapping names; None: it names none.

    Raises:
        json_shapes.BAD_JSON: by `decode`, where it cannot be read.
    """
    slot = None
    for _ in range(_MAX_WRAPPINGS):
        header = decode(raw)
        slot = header.slot if header.slot is not None else slot
        if not header.inside:
            break
        raw = header.inside
    return header, slot


class _Signatures(Struct):
    """`{"signatures":["26LC…"]}`."""

    signatures: tuple[str, ...] = ()


class _Signature(Struct):
    """`{"transaction":{"signatures":["26LC…"]}}`."""

    transaction: _Signatures


def signature_of(raw: Raw) -> str | None:
    """The signature of a transaction that cannot be read otherwise; None: not even that."""
    try:
        signatures = msgspec.json.decode(raw, type=_Signature).transaction.signatures
    except json_shapes.BAD_JSON:
        return None
    return signatures[0] if signatures else None
