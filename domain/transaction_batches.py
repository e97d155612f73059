"""Hauls: what collectors hand to processors, undecoded. Values; `storage/ingest/batch_queue.py` carries them.

A haul says of itself what it makes complete: the wallets of one strand, from after one slot up to another.
So a queue may lose, repeat and disorder hauls, and whoever stores them knows what is missing.
"""

from msgspec import Struct


class Caught(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A transaction that names watched wallets, as the node wrote it."""

    raw: bytes
    wallets: tuple[str, ...]
    """The watched wallets of the haul's strand that it names."""
    slot: int | None = None
    block_time: int | None = None
    """Unix seconds, where the block told."""
    position: int | None = None
    """Its place in its block, from 0; None: a stream told of it."""


class Haul(Struct, frozen=True, kw_only=True, array_like=True):
    """Transactions of one strand of wallets, in their order on the chain."""

    strand: int
    caught: tuple[Caught, ...] = ()
    after: int | None = None
    """With this haul the strand is complete up to `upto`, if it was complete up to here. None: it makes
    nothing complete; a stream told of it, and the reconciliation comes later."""
    upto: int | None = None
