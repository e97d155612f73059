"""Which of several scanners owns which wallet: by rendezvous hashing, the same in every process. Pure.

Wallets fall into a fixed number of buckets, and a bucket belongs to the live member that scores highest for
it. When a member goes, only its buckets move; when one comes, only those it wins: about 1 in N.

Undecoded transactions travel from a collector to a processor in batches. Each says what it makes complete:
the wallets of one partition, from after one slot up to another. So the queue
(`storage/ingest/batch_queue.py`) may lose, repeat and reorder: processors see what is missing.
"""

import zlib
from collections.abc import Collection, Iterable
from hashlib import blake2b

from msgspec import Struct

BUCKETS = 256
"""Never to be changed without moving the rows of `shard_cursors`: it is part of what they mean."""
ALL_BUCKETS = frozenset(range(BUCKETS))
PARTITIONS = 16
"""Groups of buckets whose transactions processors take in order. What waits in Redis is numbered by them."""
ALL_PARTITIONS = frozenset(range(PARTITIONS))


def bucket_of(wallet: str) -> int:
    """The bucket of a wallet: 0 to `BUCKETS` - 1, forever the same."""
    return zlib.crc32(wallet.encode()) % BUCKETS


def partition_of(wallet: str) -> int:
    """The partition of a wallet: the number of its bucket modulo `PARTITIONS`."""
    return bucket_of(wallet) % PARTITIONS


def partitions_of(member: str, members: Iterable[str]) -> frozenset[int]:
    """Return what `member` processes among `members`: even shares, which nothing but their number decides.

    Moving a partition costs nothing, since its owner keeps nothing of it in memory.
    """
    everybody = sorted(members)
    if member not in everybody:
        return frozenset()
    return frozenset(range(everybody.index(member), PARTITIONS, len(everybody)))


def owner_of(bucket: int, members: Collection[str]) -> str:
    """The member that owns a bucket; the order of `members` does not matter.

    Raises:
        ValueError: there are no members.
    """
    return max(members, key=lambda member: (_score(bucket, member), member))


def buckets_of(member: str, members: Iterable[str]) -> frozenset[int]:
    """Return what `member` owns among `members`; nothing if it is none of them."""
    everybody = frozenset(members)
    if member not in everybody:
        return frozenset()
    return frozenset(bucket for bucket in ALL_BUCKETS if owner_of(bucket, everybody) == member)


def _score(bucket: int, member: str) -> bytes:
    return blake2b(f"{bucket}/{member}".encode(), digest_size=8).digest()


class RawTransaction(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A transaction that names watched wallets, as the node wrote it.

    An array, with the bytes as base64 here: `["e30=",["86xC…"],341220118,1764435787,0]`.
    """

    raw: bytes
    wallets: tuple[str, ...]
    """The watched wallets of the batch's partition that it names."""
    slot: int | None = None
    block_time: int | None = None
    """Unix seconds; None: the block does not say."""
    position: int | None = None
    """Its place in its block, from 0; None: a stream pushed it."""


class TransactionBatch(Struct, frozen=True, kw_only=True, array_like=True):
    """Transactions of one partition of wallets, in their order on the chain.

    An array in the queue, as msgpack: `[3,[["e30=",["86xC…"],341220118,1764435787,0]],341220110,341220118]`.
    """

    partition: int
    transactions: tuple[RawTransaction, ...] = ()
    after: int | None = None
    """With this batch the partition is complete up to `upto`, if it was complete up to here. None: it makes
    nothing complete; a stream pushed it ahead of the blocks."""
    upto: int | None = None
