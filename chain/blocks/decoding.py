"""A whole block against the watched wallets: only what mentions one of them is decoded. Pure."""

from collections.abc import Callable, Container

import msgspec
from msgspec import Raw, Struct

from chain.blocks.block import MAX_BAD, Block, BlockHeader, open_block, read_block, refuse_dense, signature_of
from chain.blocks.matching import Mentions, may_mention, positions_that_may_mention, read_mentions
from chain.decoders.activities import activities
from chain.decoders.quote_mints import QUOTE_MINTS
from chain.parsing import json_shapes
from chain.parsing.transaction import Transaction, read_transaction
from domain.activity.activity import Activity
from domain.errors import Undecodable


class DecodedBlock(Struct, frozen=True, kw_only=True):
    """What the watched wallets did in one block."""

    activities: list[Activity]
    """In the order of the block."""
    undecodable: list[tuple[str | None, bytes, str]]
    """Transactions that cannot be understood: signature where known, as the node wrote it, why."""
    block_time: int | None
    parent_slot: int
    blockhash: str = ""
    previous_blockhash: str = ""
    """Of the parent; empty: the node does not say it."""


class _PrefilteredBlock(BlockHeader, frozen=True, gc=False):
    """`{"parentSlot":7,"transactions":[{"transaction":{"message":{"accountKeys":[]}},"meta":{}}]}`."""

    transactions: tuple[Mentions, ...] | None = None


_prefiltered_block = msgspec.json.Decoder(_PrefilteredBlock, strict=False).decode


Enrich = Callable[[Transaction, list[Activity]], list[Activity]]


def _unchanged(_: Transaction, found: list[Activity]) -> list[Activity]:
    return found


def block_activities(
    block_result: bytes | Raw,
    *,
    slot: int,
    chain: str,
    watched: Container[str] | None,
    quote_mints: frozenset[str] = QUOTE_MINTS,
    enrich: Enrich = _unchanged,
) -> DecodedBlock:
    """Return what the `watched` wallets did; a bad transaction is kept apart and stops nothing.

    Args:
        block_result: a node's JSON in one of the shapes of `chain.blocks.block`.
        slot: of the block.
        chain: the name of the chain, for the activities.
        watched: the wallets; None: every signer. In base64 blocks a `WatchedWallets` is the fastest.
        quote_mints: the currencies in which prices are given.
        enrich: adds what takes a second reading of the transaction, as the prices of its trades.

    Raises:
        Undecodable: the block as a whole cannot be read.
    """
    refuse_dense(block_result)
    positions: set[int] | None = None
    if watched is not None and (prefiltered := _prefiltered(block_result)) is not None:
        positions = positions_that_may_mention(prefiltered.transactions or (), watched)
        if not positions:
            return _without_mention(prefiltered)
    block = read_block(block_result)
    decoded = _empty_block(block)
    for position, raw in enumerate(block.transactions):
        try:
            if not _may_concern(position, raw, positions, watched):
                continue
            transaction = read_transaction(raw, slot=slot, block_time=block.block_time, position=position)
            found = activities(transaction, chain=chain, wallets=watched, quote_mints=quote_mints)
            decoded.activities.extend(enrich(transaction, found))
        except Undecodable as error:
            _set_aside(decoded, raw, error)
    return decoded


def _empty_block(block: Block) -> DecodedBlock:
    """The block, before any of its transactions is decoded."""
    return DecodedBlock(
        activities=[],
        undecodable=[],
        block_time=block.block_time,
        parent_slot=block.parent_slot,
        blockhash=block.blockhash,
        previous_blockhash=block.previous_blockhash,
    )


def _set_aside(decoded: DecodedBlock, raw: Raw, error: Undecodable) -> None:
    decoded.undecodable.append((signature_of(raw), bytes(raw), str(error)))
    if len(decoded.undecodable) > MAX_BAD:
        raise Undecodable(f"more than {MAX_BAD:,} transactions that cannot be read: {error}") from None


def _may_concern(position: int, raw: Raw, positions: set[int] | None, watched: Container[str] | None) -> bool:
    """Whether a transaction may mention a watched wallet: by what the whole block showed, else by itself."""
    if positions is not None:
        return position in positions
    return watched is None or may_mention((read_mentions(raw),), watched)


def _prefiltered(block_result: bytes | Raw) -> _PrefilteredBlock | None:
    """Whom all transactions of a block mention, in one pass; None: it is broken."""
    try:
        header, _ = open_block(block_result, _prefiltered_block)
    except json_shapes.BAD_JSON:
        return None
    return None if header.parent_slot is None or header.transactions is None else header


def _without_mention(header: _PrefilteredBlock) -> DecodedBlock:
    """The result for a block that mentions no watched wallet."""
    return DecodedBlock(
        activities=[],
        undecodable=[],
        block_time=json_shapes.plausible_time(header.block_time),
        parent_slot=header.parent_slot or 0,
        blockhash=header.blockhash,
        previous_blockhash=header.previous_blockhash,
    )
