"""Which of several scanners owns which wallet: by rendezvous hashing, the same in every process. Pure.

Wallets fall into a fixed number of buckets, and a bucket belongs to the live member that scores highest for
it. When a member goes, only its buckets move; when one comes, only those it wins: about 1 in N.
"""

import zlib
from collections.abc import Collection, Iterable
from hashlib import blake2b

BUCKETS = 256
"""Never to be changed without moving the rows of `shard_cursors`: it is part of what they mean."""
ALL_BUCKETS = frozenset(range(BUCKETS))
PARTITIONS = 16
"""Groups of buckets whose transactions processors take in order. What waits in Redis is numbered by them."""
ALL_PARTITIONS = frozenset(range(PARTITIONS))


def bucket_of(wallet: str) -> int:
    """The bucket of a wallet: 0 to `BUCKETS` - 1, for ever the same."""
    return zlib.crc32(wallet.encode()) % BUCKETS


def partition_of(wallet: str) -> int:
    """The partition of a wallet: the number of its bucket modulo `PARTITIONS`."""
    return bucket_of(wallet) % PARTITIONS


def partitions_of(member: str, members: Iterable[str]) -> frozenset[int]:
    """What `member` processes among `members`: even shares, which nothing but their number decides.

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
    """What `member` owns among `members`; nothing if it is none of them."""
    everybody = frozenset(members)
    if member not in everybody:
        return frozenset()
    return frozenset(bucket for bucket in ALL_BUCKETS if owner_of(bucket, everybody) == member)


def _score(bucket: int, member: str) -> bytes:
    return blake2b(f"{bucket}/{member}".encode(), digest_size=8).digest()
