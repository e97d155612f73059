"""Stores updates as they come, many in one statement; Telegram gets 200 only after that."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import msgspec

from bot.dialog.update import ids_of
from domain.errors import DatabaseUnavailable, Unavailable
from runtime.observability import metrics
from storage.chats.updates import ReceivedUpdate

log = logging.getLogger(__name__)

MAX_WAITING = 2_000
"""Updates that may wait for the database at once; more are refused, and Telegram sends them again."""
MAX_BATCH = 500
"""Updates in one statement."""
STORE_SECONDS = 8.0
"""How long one update may wait to be stored."""


StoreUpdates = Callable[[Sequence[ReceivedUpdate]], Awaitable[set[int]]]
"""Commits updates; answers the ids of those that were not known before."""


class Overloaded(Unavailable):
    """Too many updates wait to be stored."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    update: ReceivedUpdate
    stored: asyncio.Future[None]


def read_received_update(body: bytes) -> ReceivedUpdate:
    """An update as it is to be stored.

    Raises:
        ValueError: not UTF-8, not JSON, or not an update.
    """
    update_id, chat_id = ids_of(body)
    return ReceivedUpdate(update_id=update_id, chat_id=chat_id, payload=body.decode())


class UpdateWriter:
    """The only writer of received updates. `store()` returns only while `run()` is running."""

    def __init__(self, store_updates: StoreUpdates) -> None:
        self._store_updates = store_updates
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue(MAX_WAITING)

    async def store(self, update: ReceivedUpdate) -> None:
        """Return once the update is committed or was known before.

        Raises:
            Unavailable: the update may not be stored; the sender must send it again.
        """
        waiting = _Waiting(update, asyncio.get_running_loop().create_future())
        try:
            self._queue.put_nowait(waiting)
            async with asyncio.timeout(STORE_SECONDS):
                await waiting.stored
        except asyncio.QueueFull:
            raise Overloaded("too many updates wait to be stored", retry_after=1.0) from None
        except TimeoutError:
            raise DatabaseUnavailable("PostgreSQL takes too long to store an update") from None

    async def run(self) -> None:
        """Store what waits, in a loop without end."""
        while True:
            batch = [await self._queue.get()]
            while len(batch) < MAX_BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            await self._store([waiting for waiting in batch if not waiting.stored.done()])

    async def _store(self, batch: Sequence[_Waiting]) -> None:
        """Store a batch; if the database refuses it, store each update alone."""
        try:
            new = await self._store_updates(_distinct(batch))
        except Unavailable as error:
            _refuse(batch, error)
        except Exception:  # noqa: BLE001 - the database's own errors are unknown here; the update is stored below
            if len(batch) == 1:
                await self._store_unreadable(batch[0])
                return
            for waiting in batch:
                await self._store([waiting])
        else:
            metrics.webhook_updates.labels("stored").inc(len(new))
            metrics.webhook_updates.labels("repeated").inc(len(batch) - len(new))
            _accept(batch)

    async def _store_unreadable(self, waiting: _Waiting) -> None:
        """Store as quoted text what jsonb refuses, such as a null character or half a surrogate pair."""
        quoted = {"update_id": waiting.update.update_id, "unreadable": waiting.update.payload}
        update = ReceivedUpdate(
            update_id=waiting.update.update_id,
            chat_id=waiting.update.chat_id,
            payload=msgspec.json.encode(quoted).decode(),
        )
        try:
            await self._store_updates([update])
        except Exception as error:
            log.exception("An update cannot be stored")
            _refuse([waiting], DatabaseUnavailable(f"an update cannot be stored: {type(error).__name__}"))
        else:
            _accept([waiting])


def _distinct(batch: Sequence[_Waiting]) -> list[ReceivedUpdate]:
    return list({waiting.update.update_id: waiting.update for waiting in batch}.values())


def _accept(batch: Sequence[_Waiting]) -> None:
    for waiting in batch:
        if not waiting.stored.done():
            waiting.stored.set_result(None)


def _refuse(batch: Sequence[_Waiting], error: Unavailable) -> None:
    for waiting in batch:
        if not waiting.stored.done():
            waiting.stored.set_exception(error)
