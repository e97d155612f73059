"""Settings and watches of chats, as people read them again and again; a cache stands before PostgreSQL.

The fan-out decides about alerts by the rows themselves.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from domain.chats import ChatTarget
from domain.rules.rules import ChatSettings, Watch
from storage.cache import CacheSpec, always
from storage.caches import Caches
from storage.chats.rules import settings_of
from storage.chats.watches import watches_of_chat
from storage.keys import CacheName
from storage.postgres import Database

SECONDS = 60.0
"""How long a value may be used; after a change that Redis did not hear of it is as old as that elsewhere."""
SETTINGS = CacheSpec(name=CacheName.SETTINGS, type_=ChatSettings, seconds=always(SECONDS), local_seconds=0)
WATCHES = CacheSpec(name=CacheName.WATCHES, type_=tuple[Watch, ...], seconds=always(SECONDS), local_seconds=0)


T = TypeVar("T")


@dataclass(slots=True)
class _Reads:
    """What was read in one block, by cache and chat."""

    found: dict[tuple[CacheName, int], Any] = field(default_factory=dict)
    changes: int = 0
    """What was asked for before one of them is not kept after it."""

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
        """Read all of a chat anew."""
        self.changes += 1
        for name in (CacheName.SETTINGS, CacheName.WATCHES):
            self.found.pop((name, chat_id), None)


_reads: ContextVar[_Reads | None] = ContextVar("reads_of_chats", default=None)


@contextmanager
def reading_once() -> Iterator[None]:
    """Read settings and watches of a chat once in the block, and anew after they are changed there.

    An update is handled in such a block: what it reads of its chat again and again stays the same for it, and
    costs one question to Redis.
    """
    token = _reads.set(_Reads())
    try:
        yield
    finally:
        _reads.reset(token)


async def _once(name: CacheName, chat_id: int, read: Callable[[], Awaitable[T]]) -> T:
    reads = _reads.get()
    return await (read() if reads is None else reads.once(name, chat_id, read))


class CachedChats:
    """What chats have set. Another instance may answer a person's next message, so no process keeps a copy.

    Args:
        database: where it stands.
        caches: of this process.
    """

    def __init__(self, database: Database, caches: Caches) -> None:
        self._database = database
        self._caches = caches
        self._settings = caches.open(SETTINGS)
        self._watches = caches.open(WATCHES)

    async def settings(self, chat_id: int) -> ChatSettings:
        """The settings of a chat; the defaults if the chat is not known."""

        async def read() -> ChatSettings:
            return await self._settings.get_or_load(
                str(chat_id), lambda: settings_of(self._database, chat_id)
            )

        return await _once(CacheName.SETTINGS, chat_id, read)

    async def watches(self, target: ChatTarget, *, chain: str) -> list[Watch]:
        """The watches of the chat's topic, in the order in which they were added."""

        async def load() -> tuple[Watch, ...]:
            return tuple(await watches_of_chat(self._database, target.chat_id))

        async def read() -> tuple[Watch, ...]:
            return await self._watches.get_or_load(str(target.chat_id), load)

        found = await _once(CacheName.WATCHES, target.chat_id, read)
        return [watch for watch in found if watch.topic_id == target.topic_id and watch.chain == chain]

    @asynccontextmanager
    async def changing(self, *chat_ids: int) -> AsyncIterator[None]:
        """Change something of these chats in the block; whatever comes of it, they are read anew after it."""
        try:
            yield
        finally:
            await forget_chats(self._caches, *chat_ids)


async def forget_chats(caches: Caches, *chat_ids: int) -> None:
    """Read these chats anew: something of them has changed."""
    if (reads := _reads.get()) is not None:
        for chat_id in chat_ids:
            reads.forget(chat_id)
    for name in (CacheName.SETTINGS, CacheName.WATCHES):
        await caches.forget(name, [str(chat_id) for chat_id in chat_ids])
