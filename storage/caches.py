"""Answers that are kept for a while, in the process and in Redis; a hundred askers cause one look-up."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Generic, TypeVar

import msgspec
from cachetools import LRUCache, TTLCache
from redis.asyncio import Redis

from runtime.single_flight import SingleFlight
from storage import keys
from storage.redis import FAULTS

T = TypeVar("T")
K = TypeVar("K")
LOCAL_ITEMS = 10_000
LOCAL_SECONDS = 5.0


def newest_used(limit: int) -> MutableMapping[K, T]:
    """A mapping in this process that keeps the `limit` entries that were used last."""
    return LRUCache(limit)


class Cache(Generic[T]):
    """One kind of answer under one name; either tier may be empty at any time."""

    def __init__(self, client: Redis, *, name: str, type_: type[T], seconds: int) -> None:
        self._client = client
        self._name = name
        self._type = type_
        self._seconds = seconds
        self._local: TTLCache[str, T] = TTLCache(LOCAL_ITEMS, min(LOCAL_SECONDS, seconds))
        self._single_flight: SingleFlight[T] = SingleFlight()

    async def get(self, key: str, look_up: Callable[[], Awaitable[T]]) -> T:
        """The answer for `key`: from a tier that has it, else from `look_up`, whose errors all askers get."""
        if key in self._local:
            return self._local[key]
        return await self._single_flight.run(key, lambda: self._looked_up(key, look_up))

    async def forget(self, key: str) -> None:
        """Delete the answer, so that the next asker causes a look-up."""
        self._local.pop(key, None)
        try:
            await self._client.delete(keys.cache(self._name, key))
        except FAULTS:
            return

    async def _looked_up(self, key: str, look_up: Callable[[], Awaitable[T]]) -> T:
        answer = await self._from_redis(key, look_up)
        self._local[key] = answer
        return answer

    async def _from_redis(self, key: str, look_up: Callable[[], Awaitable[T]]) -> T:
        name = keys.cache(self._name, key)
        try:
            text = await self._client.get(name)
        except FAULTS:
            return await look_up()
        if text is not None:
            return msgspec.json.decode(text, type=self._type)
        answer = await look_up()
        try:
            await self._client.set(name, msgspec.json.encode(answer), ex=self._seconds)
        except FAULTS:
            return answer
        return answer
