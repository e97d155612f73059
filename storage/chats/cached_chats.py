"""Settings and watches of chats, cached for frequent reads.

The fan-out decides about alerts by the rows themselves.
"""

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from domain.chats import ChatTarget
from domain.rules.rules import ChatSettings, Watch
from runtime.shared_calls import WriteBatcher
from storage.cache import Cache, CacheSpec, always
from storage.caches import Caches
from storage.chats.rules import settings_of_chats
from storage.chats.watches import watches_of_chats
from storage.keys import CacheName
from storage.postgres import Database

SECONDS = 60.0
"""How long a value may be used; after a change that Redis did not hear of it is as old as that elsewhere."""
SETTINGS = CacheSpec(name=CacheName.SETTINGS, type_=ChatSettings, seconds=always(SECONDS), local_seconds=0)
WATCHES = CacheSpec(name=CacheName.WATCHES, type_=tuple[Watch, ...], seconds=always(SECONDS), local_seconds=0)
MAX_BATCH = 100
"""Chats whose settings are read in one go."""
MAX_WATCHES_BATCH = 20
"""Chats whose watches are read in one go: some have hundreds, for which the others wait."""


T = TypeVar("T")


@dataclass(slots=True)
class _Reads:
    """What was read in one block, by cache and chat."""

    found: dict[tuple[CacheName, int], Any] = field(default_factory=dict)
    changes: int = 0
    """What was asked for before one of them is not kept after it."""
    begun: dict[int, asyncio.Future[ChatSettings]] = field(default_factory=dict)
    """Settings that were asked for ahead, by chat."""

    async def once(self, name: CacheName, chat_id: int, read: Callable[[], Awaitable[T]]) -> T:
        """What was read before, else what `read` answers now."""
        key, changes = (name, chat_id), self.changes
        if key in self.found:
            known: T = self.found[key]
            return known
        value = await read()
        if changes == self.changes:
            self.found[key] = value
        return value

    def forget(self, chat_id: int) -> None:
        """Read all of a chat again."""
        self.changes += 1
        self.begun.pop(chat_id, None)
        for name in (CacheName.SETTINGS, CacheName.WATCHES):
            self.found.pop((name, chat_id), None)


_reads: ContextVar[_Reads | None] = ContextVar("reads_of_chats", default=None)


class reading_once:  # noqa: N801 - used as a function
    """Read settings and watches of a chat once in the block, and again after they are changed there.

    An update is handled in such a block: what it reads of its chat repeatedly stays the same for it, and
    costs one question to Redis.
    """

    __slots__ = ("_token",)

    def __enter__(self) -> None:
        self._token = _reads.set(_Reads())

    def __exit__(self, *_: object) -> None:
        _reads.reset(self._token)


async def _once(name: CacheName, chat_id: int, read: Callable[[], Awaitable[T]]) -> T:
    reads = _reads.get()
    return await (read() if reads is None else reads.once(name, chat_id, read))


class CachedChats:
    """What chats have set. Another instance may answer a person's next message, so no process keeps a copy.

    Args:
        database: where it stands.
        caches: of this process.
        gather_seconds: between two questions, in which those of other chats gather.
    """

    def __init__(self, database: Database, caches: Caches, *, gather_seconds: float = 0.0) -> None:
        self._database = database
        self._caches = caches
        self._settings = caches.open(SETTINGS)
        self._watches = caches.open(WATCHES)
        self._reading = WriteBatcher(self._read_settings, limit=MAX_BATCH, interval=gather_seconds)
        self._reading_watches = WriteBatcher(
            self._read_watches, limit=MAX_WATCHES_BATCH, interval=gather_seconds
        )

    async def settings(self, chat_id: int) -> ChatSettings:
        """The settings of a chat; the defaults if the chat is not known. Those of many are read together."""
        return await _once(CacheName.SETTINGS, chat_id, lambda: self._ask(chat_id))

    def read_ahead(self, chat_id: int) -> None:
        """Begin to read the settings of a chat that the block will ask for, without a task for that."""
        reads = _reads.get()
        if reads is None or chat_id in reads.begun or (CacheName.SETTINGS, chat_id) in reads.found:
            return
        reads.begun[chat_id] = self._reading.begin(chat_id)

    async def watches(self, target: ChatTarget, *, chain: str) -> list[Watch]:
        """The watches of the chat's topic, in the order in which they were added."""
        chat_id = target.chat_id
        found = await _once(CacheName.WATCHES, chat_id, lambda: self._reading_watches.submit(chat_id))
        return [watch for watch in found if watch.topic_id == target.topic_id and watch.chain == chain]

    def _ask(self, chat_id: int) -> Awaitable[ChatSettings]:
        """Ask for the settings of a chat, unless that was begun."""
        reads = _reads.get()
        begun = None if reads is None else reads.begun.pop(chat_id, None)
        return self._reading.begin(chat_id) if begun is None else begun

    async def _read_settings(self, chats: Sequence[int]) -> list[ChatSettings]:
        return await _read_all(self._settings, chats, functools.partial(settings_of_chats, self._database))

    async def _read_watches(self, chats: Sequence[int]) -> list[tuple[Watch, ...]]:
        return await _read_all(self._watches, chats, functools.partial(watches_of_chats, self._database))

    @asynccontextmanager
    async def changing(self, *chat_ids: int) -> AsyncIterator[None]:
        """Change these chats in the block; whatever comes of it, they are read again after it."""
        try:
            yield
        finally:
            await forget_chats(self._caches, *chat_ids)


async def _read_all(
    cache: Cache[T], chats: Sequence[int], load: Callable[[Sequence[int]], Awaitable[Mapping[int, T]]]
) -> list[T]:
    """Whoever asks after a change has been made is in a batch that is read after it."""

    async def load_missing(missing: Sequence[str]) -> dict[str, T]:
        loaded = await load([int(chat_id) for chat_id in missing])
        return {str(chat_id): value for chat_id, value in loaded.items()}

    found = await cache.get_or_load_many([str(chat_id) for chat_id in chats], load_missing)
    return [found[str(chat_id)] for chat_id in chats]


async def forget_chats(caches: Caches, *chat_ids: int) -> None:
    """Read these chats again: something of them has changed."""
    if (reads := _reads.get()) is not None:
        for chat_id in chat_ids:
            reads.forget(chat_id)
    for name in (CacheName.SETTINGS, CacheName.WATCHES):
        await caches.forget(name, [str(chat_id) for chat_id in chat_ids])
