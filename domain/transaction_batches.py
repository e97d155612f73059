"""Transaction batches: undecoded transactions on their way from a collector to a processor. Values.

Each batch says what it makes complete: the wallets of one partition, from after one slot up to another.
So the queue (`storage/ingest/batch_queue.py`) may lose, repeat and reorder: processors see what is missing.
"""

from msgspec import Struct


class RawTransaction(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A transaction that names watched wallets, as the node wrote it."""

    raw: bytes
    wallets: tuple[str, ...]
    """The watched wallets of the batch's partition that it names."""
    slot: int | None = None
    block_time: int | None = None
    """Unix seconds; None: the block does not say."""
    position: int | None = None
    """Its place in its block, from 0; None: a stream pushed it."""


class TransactionBatch(Struct, frozen=True, kw_only=True, array_like=True):
    """Transactions of one partition of wallets, in their order on the chain."""

    partition: int
    transactions: tuple[RawTransaction, ...] = ()
    after: int | None = None
    """With this batch the partition is complete up to `upto`, if it was complete up to here. None: it makes
    nothing complete; a stream pushed it ahead of the blocks."""
    upto: int | None = None
