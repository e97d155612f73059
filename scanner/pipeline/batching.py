"""Extracts transactions of watched wallets from blocks, in one batch per partition. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Raw, structs

from chain.blocks.matching import Unreadable, matched_block, mentioned_wallets
from chain.blocks.wallet_set import WatchedWallets
from chain.stream.messages import PushedTransaction
from domain.sharding import ALL_PARTITIONS, RawTransaction, TransactionBatch, partition_of
from scanner.commit.committer import storable
from scanner.commit.sink import BlockContent
from storage.ingest.activities import QuarantinedTransaction

MAX_PORTION_BYTES = 4 << 20
"""Of transactions, after which the batches of a range of blocks are closed and new ones begun."""


def matched_content(slot: int, raw: Raw, watched: WatchedWallets) -> BlockContent:
    """Return what of a block names watched wallets, and what cannot be read well enough to say.

    Args:
        slot: of the block; the JSON does not name it.
        raw: the `result` of getBlock, undecoded.
        watched: whose transactions are wanted.

    Raises:
        Undecodable: the block as a whole cannot be read.
    """
    block = matched_block(raw, watched)
    time = block.block_time
    return BlockContent(
        slot=slot,
        parent_slot=block.parent_slot,
        blockhash=block.blockhash,
        previous_blockhash=block.previous_blockhash,
        block_time=time,
        quarantined=tuple(_quarantined(slot, time, unreadable) for unreadable in block.unreadable),
        transactions=tuple(
            RawTransaction(
                raw=bytes(match.raw),
                wallets=match.wallets,
                slot=slot,
                block_time=time,
                position=match.position,
            )
            for match in block.matches
        ),
    )


def pushed_batches(pushed: PushedTransaction, watched: WatchedWallets) -> list[TransactionBatch]:
    """A pushed transaction, once for each partition whose wallets it names; that makes nothing complete.

    Raises:
        Undecodable: it cannot be read.
    """
    raw = pushed.raw or Raw(b"")
    transaction = RawTransaction(raw=bytes(raw), wallets=mentioned_wallets(raw, watched), slot=pushed.slot)
    return [
        TransactionBatch(partition=partition, transactions=(part,))
        for partition, part in _by_partition(transaction)
    ]


def batches_of(blocks: Iterable[BlockContent], *, after: int, upto: int) -> Iterator[TransactionBatch]:
    """For each partition, batches that make it complete, none of them far beyond a portion.

    What was read again of slots up to `after` goes first, and makes nothing complete.

    Args:
        blocks: in any order; none above `upto`.
        after: the slot up to which all partitions are complete already.
        upto: the slot up to which they are complete with these batches, blocks or none.
    """
    ordered = sorted(blocks, key=lambda block: block.slot)
    again = _by_partitions(block for block in ordered if block.slot <= after)
    for partition, transactions in again.items():
        yield TransactionBatch(partition=partition, transactions=tuple(transactions))
    portion: list[BlockContent] = []
    for block in (block for block in ordered if block.slot > after):
        portion.append(block)
        if _size(portion) >= MAX_PORTION_BYTES and block.slot < upto:
            yield from _portion(portion, after=after, upto=block.slot)
            portion, after = [], block.slot
    yield from _portion(portion, after=after, upto=upto)


def _size(blocks: Sequence[BlockContent]) -> int:
    return sum(len(transaction.raw) for block in blocks for transaction in block.transactions)


def _portion(blocks: Iterable[BlockContent], *, after: int, upto: int) -> Iterator[TransactionBatch]:
    parts = _by_partitions(blocks)
    for partition in sorted(ALL_PARTITIONS):
        transactions = tuple(parts.get(partition, ()))
        yield TransactionBatch(partition=partition, transactions=transactions, after=after, upto=upto)


def _by_partitions(blocks: Iterable[BlockContent]) -> dict[int, list[RawTransaction]]:
    parts: defaultdict[int, list[RawTransaction]] = defaultdict(list)
    for block in blocks:
        for transaction in block.transactions:
            for partition, part in _by_partition(transaction):
                parts[partition].append(part)
    return parts


def _by_partition(transaction: RawTransaction) -> Iterator[tuple[int, RawTransaction]]:
    """The transaction once for each partition, with the wallets of that partition alone."""
    wallets: defaultdict[int, list[str]] = defaultdict(list)
    for wallet in transaction.wallets:
        wallets[partition_of(wallet)].append(wallet)
    for partition, named in wallets.items():
        yield partition, structs.replace(transaction, wallets=tuple(named))


def _quarantined(slot: int, block_time: int | None, bad: Unreadable) -> QuarantinedTransaction:
    return QuarantinedTransaction(
        slot=slot,
        position=bad.position,
        signature=storable(bad.signature) if bad.signature else None,
        reason=storable(bad.reason),
        raw=bytes(bad.raw),
        block_time=block_time,
    )
