"""A whole block against the watched wallets: all of it is looked at, only what touches them is decoded.

The shapes: a getBlock result, a blockNotification's payload, or the whole answer or notification.
"""

from collections.abc import Callable, Container
from typing import TypeVar

import msgspec
from msgspec import Raw, Struct, field

from chain.blocks.prefilter import Glimpse, glimpse, may_touch
from chain.decoders.activities import activities
from chain.decoders.quote_mints import QUOTE_MINTS
from chain.parsing import json_shapes
from chain.parsing.transaction import read_transaction
from domain.activity.activity import Activity
from domain.errors import Undecodable


class Block(Struct, frozen=True, kw_only=True):
    """A block's own facts, and its transactions not yet read."""

    slot: int | None
    """None: getBlock does not repeat the slot it was asked for."""
    parent_slot: int
    blockhash: str
    previous_blockhash: str
    block_time: int | None
    """Unix seconds; None: not told (2020)."""
    height: int | None
    transactions: tuple[Raw, ...]
    """Each as the node wrote it, in the order of the block."""


class DecodedBlock(Struct, frozen=True, kw_only=True):
    """What the watched wallets did in one block."""

    activities: list[Activity]
    """In the order of the block."""
    undecodable: list[tuple[str | None, bytes, str]]
    """Transactions that cannot be understood: signature where known, as the node wrote it, why."""
    block_time: int | None
    parent_slot: int
    transaction_count: int


class _Header(Struct, frozen=True, gc=False):
    parent_slot: int | None = field(name="parentSlot", default=None)
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


class _RawBlock(_Header, frozen=True, gc=False):
    transactions: tuple[Raw, ...] | None = None


class _GlimpsedBlock(_Header, frozen=True, gc=False):
    transactions: tuple[Glimpse, ...] | None = None


_raw_block = msgspec.json.Decoder(_RawBlock).decode
_glimpsed_block = msgspec.json.Decoder(_GlimpsedBlock).decode
_DEEPEST_WRAPPING = 5
_Opened = TypeVar("_Opened", bound=_Header)


def read_block(raw: bytes | Raw) -> Block:
    """The block in `raw`, its transactions apart but unread.

    Raises:
        Undecodable: not a block with its transactions.
    """
    try:
        opened, slot = _opened(raw, _raw_block)
    except json_shapes.BAD_JSON as error:
        raise Undecodable(json_shapes.complaint("block", raw, error)) from error
    if opened.parent_slot is None or opened.transactions is None:
        raise Undecodable("no block, or one without its transactions")
    return Block(
        slot=slot,
        parent_slot=opened.parent_slot,
        blockhash=opened.blockhash,
        previous_blockhash=opened.previous_blockhash,
        block_time=opened.block_time,
        height=opened.height,
        transactions=opened.transactions,
    )


def _opened(raw: bytes | Raw, decode: Callable[[bytes | Raw], _Opened]) -> tuple[_Opened, int | None]:
    """The block out of its wrapping, and the slot the wrapping tells."""
    slot = None
    for _ in range(_DEEPEST_WRAPPING):
        header = decode(raw)
        slot = header.slot if header.slot is not None else slot
        if not header.inside:
            break
        raw = header.inside
    return header, slot


def block_activities(
    block_result: bytes | Raw,
    *,
    slot: int,
    chain: str,
    watched: Container[str] | None,
    quote_mints: frozenset[str] = QUOTE_MINTS,
) -> DecodedBlock:
    """What the `watched` wallets (None: every signer) did; a bad transaction is set aside and stops nothing.

    Give a `WatchedWallets` where blocks come in base64: other containers cost a base58 text for each key.

    Raises:
        Undecodable: the block as a whole cannot be read.
    """
    untouched = None if watched is None else _untouched(block_result, watched)
    if untouched is not None:
        return untouched
    block = read_block(block_result)
    found: list[Activity] = []
    undecodable: list[tuple[str | None, bytes, str]] = []
    for position, raw in enumerate(block.transactions):
        try:
            if watched is not None and not may_touch((glimpse(raw),), watched):
                continue
            transaction = read_transaction(raw, slot=slot, block_time=block.block_time, position=position)
            found += activities(transaction, chain=chain, wallets=watched, quote_mints=quote_mints)
        except Undecodable as error:
            undecodable.append((signature_of(raw), bytes(raw), str(error)))
    return DecodedBlock(
        activities=found,
        undecodable=undecodable,
        block_time=block.block_time,
        parent_slot=block.parent_slot,
        transaction_count=len(block.transactions),
    )


def _untouched(block_result: bytes | Raw, watched: Container[str]) -> DecodedBlock | None:
    """The outcome of a block without a watched wallet, in one pass; None: it may have one, or is broken."""
    try:
        header, _ = _opened(block_result, _glimpsed_block)
    except json_shapes.BAD_JSON:
        return None
    glimpses = header.transactions
    if header.parent_slot is None or glimpses is None:
        return None
    if may_touch(glimpses, watched):
        return None
    return DecodedBlock(
        activities=[],
        undecodable=[],
        block_time=header.block_time,
        parent_slot=header.parent_slot,
        transaction_count=len(glimpses),
    )


class _Signatures(Struct):
    signatures: tuple[str, ...] = ()


class _Signature(Struct):
    transaction: _Signatures


def signature_of(raw: Raw) -> str | None:
    """The signature of a transaction that cannot be read otherwise; None: not even that."""
    try:
        signatures = msgspec.json.decode(raw, type=_Signature).transaction.signatures
    except json_shapes.BAD_JSON:
        return None
    return signatures[0] if signatures else None
