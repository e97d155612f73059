"""All caches of a process: opens and clears them, and listens for invalidations by others."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Collection
from typing import Any, TypeVar

import msgspec
from redis.asyncio import Redis

from runtime.processes.lifecycle import Stop
from storage.cache import Cache, CacheSpec, CacheStatistics, Invalidation
from storage.cache_tiers import SharedTier
from storage.keys import CACHES_CHANNEL, CacheName
from storage.redis import FAULTS

log = logging.getLogger(__name__)
T = TypeVar("T")

LISTEN_SECONDS = 1.0
ANSWER_PAUSE = 1.0
"""From one attempt to listen to the next while Redis is unavailable."""


class Caches:
    """The caches of this process, and the way to those of the others.

    Args:
        client: of the server that keeps them, answering in bytes.
    """

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._shared = SharedTier(client)
        self._origin = secrets.token_hex(6)
        self._opened: dict[CacheName, Cache[Any]] = {}
        self._notes = msgspec.json.Decoder(Invalidation)

    def open(self, spec: CacheSpec[T]) -> Cache[T]:
        """The cache of this name, of which a process has one.

        Raises:
            ValueError: it is open already.
        """
        if spec.name in self._opened:
            raise ValueError(f"the cache {spec.name} is open already")
        cache = Cache(spec, self._shared, self._origin)
        self._opened[spec.name] = cache
        return cache

    @property
    def statistics(self) -> list[CacheStatistics]:
        """How often values were found, of each cache that is open here."""
        return [cache.statistics for cache in self._opened.values()]

    async def clear(self, name: CacheName) -> int | None:
        """Empty a cache in every process; return how many keys Redis had, or None: Redis is unavailable."""
        if name in self._opened:
            self._opened[name].drop_local(None)
        return await self._shared.clear(name, msgspec.json.encode(Invalidation(self._origin, name)))

    async def forget(self, name: CacheName, keys: Collection[str]) -> None:
        """Delete values of a cache that may not be open here; Redis may not hear of it."""
        if name in self._opened:
            await self._opened[name].forget(*keys)
        elif keys:
            note = msgspec.json.encode(Invalidation(self._origin, name, tuple(keys)))
            await self._shared.forget(name, [*keys], note)

    async def delete_stale(self) -> int | None:
        """Delete from Redis what never expires or belongs to no cache; None: Redis is unavailable."""
        return await self._shared.delete_stale()

    async def listen(self, stop: Stop) -> None:
        """Hear what other processes change, until the stop."""
        while not stop.is_set():
            pubsub = self._client.pubsub()
            try:
                await pubsub.subscribe(CACHES_CHANNEL)
                while not stop.is_set():
                    await self._receive(await pubsub.get_message(timeout=LISTEN_SECONDS))
            except FAULTS:
                self._drop_all()
                await stop.sleep(ANSWER_PAUSE)
            finally:
                await _close(pubsub)

    async def _receive(self, message: dict[str, Any] | None) -> None:
        """Each (new) subscription is a message too: what was said before it is not known."""
        if message is None:
            return
        if message["type"] == "subscribe":
            self._drop_all()
            for cache in self._opened.values():
                await cache.forget_again()
        elif message["type"] == "message":
            self._apply(message["data"])

    def _apply(self, text: bytes) -> None:
        try:
            note = self._notes.decode(text)
        except ValueError:
            log.warning("A foreign client publishes to the channel of the caches")
            return
        cache = self._opened.get(CacheName(note.cache)) if note.cache in set(CacheName) else None
        if cache is not None and note.origin != self._origin:
            cache.drop_local(note.keys)

    def _drop_all(self) -> None:
        for cache in self._opened.values():
            cache.drop_local(None)


async def _close(pubsub: Any) -> None:
    try:
        await pubsub.aclose()
    except FAULTS:
        return
