"""Two-tier cache, in the process and in Redis; concurrent readers cause one lookup.

The source is changed first, then `forget` deletes the value everywhere. So whoever has changed something
never reads what stood there before: a value that was loaded before the change is not stored after it. Values
are shared by all who get them, so their types are immutable. Without Redis the source is asked.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Generic, Literal, TypeAlias, TypeVar

import msgspec

from runtime.observability import metrics
from runtime.shared_calls import SingleFlight
from storage.cache_tiers import Encoded, LocalTier, SharedTier, version_of
from storage.keys import CacheName

T = TypeVar("T")

MAX_VALUE_BYTES = 64 * 1024
"""A longer value is not kept."""
MAX_UNFORGOTTEN = 10_000
"""Values whose deletion Redis did not hear, of one cache."""
_OUTCOMES = ("local", "shared", "miss", "away", "corrupt")


class _Missing(Enum):
    MISSING = auto()


Missing: TypeAlias = Literal[_Missing.MISSING]
MISSING: Final = _Missing.MISSING
"""In the place of a value that is not kept: None may be a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheSpec(Generic[T]):
    """What a cache holds."""

    name: CacheName
    type_: type[T]
    """Of its values, immutable. If its fields change, older values count as missing."""
    seconds: Callable[[T], float]
    """How long this value may be used; 0: it is not kept."""
    local_seconds: float = 5.0
    """How long a process may use it without asking Redis: after a lost invalidation it is as old as that. 0
    where people must see their own changes, whichever instance answers them."""


def always(seconds: float) -> Callable[[object], float]:
    """Every value may be used for this long."""
    return lambda _: seconds


class CacheStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """How often values were found, since the process started."""

    name: str
    hits: int
    misses: int

    @property
    def hit_rate(self) -> float:
        """The share of hits; 0 before the first request."""
        return self.hits / max(1, self.hits + self.misses)


class Invalidation(msgspec.Struct, frozen=True):
    """What processes tell each other: `{"origin":"a1","cache":"settings","keys":["7"]}`."""

    origin: str
    cache: str
    keys: tuple[str, ...] | None = None
    """None: all."""


class Cache(Generic[T]):
    """One cache. Made by `Caches.open`.

    Args:
        spec: what it holds.
        shared: the tier in Redis.
        origin: names this process to the others.
    """

    def __init__(self, spec: CacheSpec[T], shared: SharedTier, origin: str) -> None:
        self._spec = spec
        self._shared = shared
        self._origin = origin
        self._local: LocalTier[T] = LocalTier()
        self._single_flight: SingleFlight[T] = SingleFlight()
        self._decoder: msgspec.json.Decoder[T] = msgspec.json.Decoder(spec.type_)
        self._version = version_of(spec.type_)
        self._changes = 0
        """Invalidations so far: what was asked for before one of them is not kept here after it."""
        self._unforgotten: dict[str, None] = {}
        self._counts = dict.fromkeys(_OUTCOMES, 0)

    @property
    def statistics(self) -> CacheStatistics:
        """How often values were found."""
        hits = self._counts["local"] + self._counts["shared"]
        return CacheStatistics(
            name=self._spec.name, hits=hits, misses=self._counts["miss"] + self._counts["away"]
        )

    async def get(self, key: str) -> T | Missing:
        """The value, if it is kept."""
        return (await self.get_many([key])).get(key, MISSING)

    async def get_many(self, keys: Sequence[str]) -> dict[str, T]:
        """The values that are kept."""
        found, left = self._find(keys)
        changes = self._changes
        texts = (
            await self._shared.read(self._spec.name, left) if left and await self._may_read(left) else None
        )
        return found | self._decoded(left, texts, changes)

    async def get_or_load(self, key: str, load: Callable[[], Awaitable[T]]) -> T:
        """The value: from a tier that has it, else from `load`, whose errors all askers get."""
        kept = self._local.find(key)
        if kept is not None:
            self._count("local")
            return kept.value

        async def load_one(_: Sequence[str]) -> dict[str, T]:
            return {key: await load()}

        async def ask() -> T:
            return (await self._look_up([key], load_one))[key]

        return await self._single_flight.run((key, self._changes), ask)

    async def get_or_load_many(
        self, keys: Sequence[str], load: Callable[[Sequence[str]], Awaitable[Mapping[str, T]]]
    ) -> dict[str, T]:
        """The values; `load` is asked for all that are missing, and what it does not answer stays missing."""
        found, left = self._find(keys)
        return found | await self._look_up(left, load) if left else found

    async def set(self, key: str, value: T) -> None:
        """Keep a value that is known to be current."""
        await self.set_many({key: value})

    async def set_many(self, values: Mapping[str, T]) -> None:
        """Keep values that are known to be current."""
        self.drop_local([*values])
        encoded = self._encoded(values)
        if encoded and not await self._shared.put(self._spec.name, encoded, self._note([*values])):
            self._remember([*values])
        for key in encoded:
            self._keep(key, values[key], len(encoded[key].text), self._changes)

    async def increment(self, key: str, by: int = 1, *, seconds: float) -> int | None:
        """Add to a number, which starts at 0 and is kept for `seconds`; None: Redis is unavailable.

        Args:
            key: without the name of the cache.
            by: what is added; below 0 it is subtracted.
            seconds: the life of a number that begins here; adding to one that exists prolongs nothing.
        """
        self.drop_local([key])
        return await self._shared.increment(
            self._spec.name, key, by, prefix=self._version, seconds=seconds, note=self._note([key])
        )

    async def take(self, key: str) -> T | Missing:
        """Return and delete the value."""
        self.drop_local([key])
        texts = await self._shared.forget(self._spec.name, [key], self._note([key]))
        if texts is None:
            self._remember([key])
        return self._decoded([key], texts, self._changes, keeps=False).get(key, MISSING)

    async def forget(self, *keys: str) -> None:
        """Delete values whose source has changed, in every process. Call it after the change."""
        self.drop_local(keys)
        if keys and await self._shared.forget(self._spec.name, keys, self._note(keys)) is None:
            self._remember(keys)

    def drop_local(self, keys: Sequence[str] | None) -> None:
        """Delete values in this process alone, because another one changed their source; None: all."""
        self._changes += 1
        self._local.forget(keys)

    async def forget_again(self) -> bool:
        """Delete what Redis did not hear of; return whether nothing of it is left."""
        keys = [*self._unforgotten]
        if keys and await self._shared.forget(self._spec.name, keys, self._note(keys)) is not None:
            for key in keys:
                self._unforgotten.pop(key, None)
        return not self._unforgotten

    def _find(self, keys: Sequence[str]) -> tuple[dict[str, T], list[str]]:
        """Return what this process keeps, and the keys of the rest."""
        if not self._spec.local_seconds:
            return {}, [*dict.fromkeys(keys)]
        kept = {key: entry.value for key in keys if (entry := self._local.find(key)) is not None}
        self._count("local", len(kept))
        return kept, [key for key in dict.fromkeys(keys) if key not in kept]

    async def _look_up(
        self, keys: Sequence[str], load: Callable[[Sequence[str]], Awaitable[Mapping[str, T]]]
    ) -> dict[str, T]:
        lease, changes = secrets.token_bytes(8), self._changes
        may_read = await self._may_read(keys)
        texts = await self._shared.find_or_lease(self._spec.name, keys, lease) if may_read else None
        found = self._decoded(keys, texts, changes)
        missing = [key for key in keys if key not in found]
        if not missing:
            return found
        await self._delete_unreadable(missing, dict(zip(keys, texts or (), strict=False)))
        loaded = await load(missing)
        encoded = self._encoded(loaded)
        if texts is not None and encoded:
            await self._shared.fill(self._spec.name, encoded, lease)
        for key, value in encoded.items():
            self._keep(key, loaded[key], len(value.text), changes)
        return {**found, **loaded}

    async def _delete_unreadable(self, missing: Sequence[str], texts: Mapping[str, bytes | None]) -> None:
        """Make room for the right values: while others stand there, there is no lease to store them."""
        unreadable = [key for key in missing if texts.get(key) is not None]
        if unreadable:
            await self._shared.forget(self._spec.name, unreadable, self._note(unreadable))

    async def _may_read(self, keys: Sequence[str]) -> bool:
        """Return whether Redis holds nothing of these that this process has changed since."""
        return not any(key in self._unforgotten for key in keys) or await self.forget_again()

    def _decoded(
        self, keys: Sequence[str], texts: Sequence[bytes | None] | None, changes: int, *, keeps: bool = True
    ) -> dict[str, T]:
        if texts is None:
            self._count("away", len(keys))
            return {}
        found: dict[str, T] = {}
        for key, text in zip(keys, texts, strict=False):
            value = MISSING if text is None else self._decode(text)
            if value is not MISSING and text is not None:
                found[key] = value
                if keeps:
                    self._keep(key, value, len(text), changes)
        self._count("shared", len(found))
        self._count("miss", len(keys) - len(found))
        return found

    def _decode(self, text: bytes) -> T | Missing:
        """The value; one of another version is missing, and so is one that somebody broke."""
        if not text.startswith(self._version):
            return MISSING
        try:
            return self._decoder.decode(text[len(self._version) :])
        except (ValueError, RecursionError):
            self._count("corrupt")
            return MISSING

    def _encoded(self, values: Mapping[str, T]) -> dict[str, Encoded]:
        """Return what is worth keeping."""
        encoded = {}
        for key, value in values.items():
            seconds = self._spec.seconds(value)
            text = self._version + msgspec.json.encode(value) if seconds > 0 else b""
            if text and len(text) <= MAX_VALUE_BYTES:
                encoded[key] = Encoded(text, seconds)
        return encoded

    def _keep(self, key: str, value: T, size: int, changes: int) -> None:
        """Keep it in this process, unless something changed since it was asked for."""
        if self._spec.local_seconds and changes == self._changes and key not in self._unforgotten:
            seconds = min(self._spec.local_seconds, self._spec.seconds(value))
            self._local.keep(key, value, size=size, seconds=seconds)

    def _remember(self, keys: Sequence[str]) -> None:
        self._unforgotten.update(dict.fromkeys(keys))
        while len(self._unforgotten) > MAX_UNFORGOTTEN:
            del self._unforgotten[next(iter(self._unforgotten))]

    def _count(self, outcome: str, number: int = 1) -> None:
        if number:
            self._counts[outcome] += number
            metrics.cache_requests.labels(self._spec.name, outcome).inc(number)

    def _note(self, keys: Sequence[str]) -> bytes:
        return msgspec.json.encode(Invalidation(self._origin, self._spec.name, tuple(keys)))
