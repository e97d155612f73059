"""The two tiers of cached values: this process, and Redis. Used by caches.py."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec
from cachetools import TLRUCache
from redis.asyncio import Redis
from redis.commands.core import AsyncScript

from runtime.clock import monotonic
from storage.keys import CACHES_CHANNEL, CACHES_PREFIX, CacheName, cache_lease, cache_prefix, cached
from storage.redis import FAULTS

T = TypeVar("T")

LOCAL_BYTES = 4 << 20
"""What one cache may hold in a process, by the size of the encoded values."""
ENTRY_BYTES = 300
"""What a value costs in a process besides."""
LEASE_SECONDS = 10.0
"""A value that took longer to load is not stored."""
SCAN_COUNT = 1_000

# KEYS of all scripts: the values, then their leases.
#
# ARGV: the lease to take for what is missing, its milliseconds. The first who misses a value gets the lease.
_FIND_OR_LEASE = """
local count, found = #KEYS / 2, {}
for i = 1, count do
  found[i] = redis.call('GET', KEYS[i])
  if not found[i] then redis.call('SET', KEYS[count + i], ARGV[1], 'NX', 'PX', ARGV[2]) end
end
return found
"""

# ARGV: the lease, then value and milliseconds of each. A value is stored only while its lease stands: if the
# source changed after it was read, the lease was deleted.
_FILL = """
local count = #KEYS / 2
for i = 1, count do
  if redis.call('GET', KEYS[count + i]) == ARGV[1] then
    redis.call('SET', KEYS[i], ARGV[2 * i], 'PX', ARGV[2 * i + 1])
    redis.call('DEL', KEYS[count + i])
  end
end
return 1
"""

# ARGV: channel and note for the other processes, then value and milliseconds of each.
_PUT = """
local count = #KEYS / 2
for i = 1, count do
  redis.call('SET', KEYS[i], ARGV[2 * i + 1], 'PX', ARGV[2 * i + 2])
  redis.call('DEL', KEYS[count + i])
end
redis.call('PUBLISH', ARGV[1], ARGV[2])
return 1
"""

# ARGV: channel and note. Answer: the first value as it was.
_FORGET = """
local first = redis.call('GET', KEYS[1])
redis.call('UNLINK', unpack(KEYS))
redis.call('PUBLISH', ARGV[1], ARGV[2])
return {first}
"""

# ARGV: channel and note, what stands before the number, what to add, milliseconds of a new value. A value
# that is no number counts as 0.
_INCREMENT = """
local value = redis.call('GET', KEYS[1])
local known = value and string.sub(value, 1, #ARGV[3]) == ARGV[3]
  and tonumber(string.sub(value, #ARGV[3] + 1))
local sum = (known or 0) + tonumber(ARGV[4])
local text = ARGV[3] .. string.format('%.0f', sum)
if known then redis.call('SET', KEYS[1], text, 'KEEPTTL')
else redis.call('SET', KEYS[1], text, 'PX', ARGV[5]) end
redis.call('DEL', KEYS[2])
redis.call('PUBLISH', ARGV[1], ARGV[2])
return string.format('%.0f', sum)
"""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A value as Redis gets it."""

    text: bytes
    seconds: float
    """How long it is good for."""

    @property
    def arguments(self) -> tuple[bytes, int]:
        """Value and milliseconds."""
        return self.text, max(1, round(self.seconds * 1000))


def version_of(type_: type) -> bytes:
    """What stands before each value of this type; a type of other fields reads none of them."""
    schema = msgspec.json.encode(_without_words(msgspec.json.schema(type_)))
    return hashlib.blake2s(schema, digest_size=4).hexdigest().encode() + b":"


def _without_words(schema: object) -> object:
    """A schema without docstrings: other words make no other values. A field may be called description."""
    if isinstance(schema, dict):
        kept = {key: one for key, one in schema.items() if key != "description" or not isinstance(one, str)}
        return {key: _without_words(one) for key, one in kept.items()}
    return [_without_words(one) for one in schema] if isinstance(schema, list) else schema


@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    value: T
    size: int
    until: float


class LocalTier(Generic[T]):
    """Values in this process, for a short time each; beyond LOCAL_BYTES the longest unused go."""

    __slots__ = ("_kept",)

    def __init__(self, limit: int = LOCAL_BYTES) -> None:
        self._kept: TLRUCache[str, _Kept[T]] = TLRUCache(
            limit, lambda _key, kept, _now: kept.until, monotonic, lambda kept: kept.size
        )

    def find(self, key: str) -> _Kept[T] | None:
        """The value with what is known of it; None: it is not here."""
        return self._kept.get(key)

    def keep(self, key: str, value: T, *, size: int, seconds: float) -> None:
        """Keep a value of so many bytes for this long.

        Args:
            key: with the name of the cache left out; each cache has a tier of its own.
            value: immutable, since all readers share it.
            size: of its encoded form, in bytes; an entry costs ENTRY_BYTES besides.
            seconds: how long it may be served; 0 or less: not at all.
        """
        kept = _Kept(value, size + ENTRY_BYTES, monotonic() + seconds)
        if seconds > 0 and kept.size <= self._kept.maxsize:
            self._kept[key] = kept

    def forget(self, keys: Sequence[str] | None) -> None:
        """Delete these values; None: all."""
        if keys is None:
            self._kept.clear()
        for key in keys or ():
            self._kept.pop(key, None)


class SharedTier:
    """Encoded values in Redis, guarded against loaders that read their source before it changed.

    A loader takes a lease before it reads the source, and its value is stored only while the lease stands.
    Who changes the source deletes value and lease afterwards. Each method says by None or False that Redis is
    unavailable.
    """

    def __init__(self, client: Redis) -> None:
        self._client = client
        scripts = (_FIND_OR_LEASE, _FILL, _PUT, _FORGET, _INCREMENT)
        self._find_or_lease, self._fill, self._put, self._forget, self._increment = map(
            client.register_script, scripts
        )

    async def find_or_lease(
        self, cache: CacheName, keys: Sequence[str], lease: bytes
    ) -> list[bytes | None] | None:
        """The values; the lease is taken for each that is missing, unless another loader has one.

        Args:
            cache: whose keys these are.
            keys: without the name of the cache; the answer has their order.
            lease: random bytes that name this loader; `fill` must pass the same.
        """
        found: list[bytes | None] | None = await self._run(
            self._find_or_lease, cache, keys, lease, round(LEASE_SECONDS * 1000)
        )
        return found

    async def fill(self, cache: CacheName, values: Mapping[str, Encoded], lease: bytes) -> bool:
        """Store what was loaded under a lease, as far as the lease still stands.

        Args:
            cache: whose keys these are.
            values: by key; one whose lease is gone, since its source changed, is left out without a word.
            lease: what `find_or_lease` got.
        """
        return await self._run(self._fill, cache, [*values], lease, *_arguments(values)) is not None

    async def read(self, cache: CacheName, keys: Sequence[str]) -> list[bytes | None] | None:
        """The values, without leases."""
        try:
            found: Any = await self._client.mget([cached(cache, key) for key in keys])
        except FAULTS:
            return None
        return list(found)

    async def put(self, cache: CacheName, values: Mapping[str, Encoded], note: bytes) -> bool:
        """Store values whatever stands there, and tell the other processes.

        Args:
            cache: whose keys these are.
            values: by key, each with its own life.
            note: published for the other processes, which then drop their copies of these keys.
        """
        arguments = (CACHES_CHANNEL, note, *_arguments(values))
        return await self._run(self._put, cache, [*values], *arguments) is not None

    async def forget(self, cache: CacheName, keys: Sequence[str], note: bytes) -> list[bytes | None] | None:
        """Delete values and leases, and tell the other processes; the first value as it was.

        Args:
            cache: whose keys these are.
            keys: one at least; only the first one's value is returned.
            note: published for the other processes, which then drop their copies of these keys.
        """
        found: list[bytes | None] | None = await self._run(self._forget, cache, keys, CACHES_CHANNEL, note)
        return found

    async def increment(
        self, cache: CacheName, key: str, by: int, *, prefix: bytes, seconds: float, note: bytes
    ) -> int | None:
        """Add to a number; the sum.

        Args:
            cache: where it is kept.
            key: which.
            by: is added.
            prefix: stands before the number.
            seconds: how long a new one is kept.
            note: for the other processes.
        """
        arguments = (CACHES_CHANNEL, note, prefix, by, round(seconds * 1000))
        found = await self._run(self._increment, cache, [key], *arguments)
        return None if found is None else int(found)

    async def clear(self, cache: CacheName, note: bytes) -> int | None:
        """Delete all values and leases of a cache, and tell the other processes; how many keys there were.

        In two passes: what an old lease stored during the first is deleted in the second, and after the first
        no old lease is left.
        """
        try:
            deleted = [await self._delete_all(cache) for _ in range(2)]
            await self._client.publish(CACHES_CHANNEL, note)
        except FAULTS:
            return None
        return sum(deleted)

    async def delete_stale(self) -> int | None:
        """Delete values that never expire or belong to no cache of today; return how many there were."""
        known = tuple(cache_prefix(cache).encode() for cache in CacheName)
        stale = 0
        try:
            async for page in self._pages(f"{CACHES_PREFIX}*"):
                for key in page:
                    if not key.startswith(known) or await self._client.pttl(key) == -1:
                        stale += await self._client.unlink(key)
        except FAULTS:
            return None
        return stale

    async def _delete_all(self, cache: CacheName) -> int:
        deleted = 0
        async for page in self._pages(f"{cache_prefix(cache)}*"):
            deleted += await self._client.unlink(*page)
        return deleted

    async def _pages(self, pattern: str) -> Any:
        cursor = 0
        while True:
            cursor, page = await self._client.scan(cursor, match=pattern, count=SCAN_COUNT)
            if page:
                yield page
            if cursor == 0:
                return

    async def _run(
        self, script: AsyncScript, cache: CacheName, keys: Sequence[str], *arguments: bytes | str | int
    ) -> Any:
        names = [cached(cache, key) for key in keys] + [cache_lease(cache, key) for key in keys]
        try:
            return await script(keys=names, args=[*arguments])
        except FAULTS:
            return None


def _arguments(values: Mapping[str, Encoded]) -> list[bytes | int]:
    return [argument for value in values.values() for argument in value.arguments]
