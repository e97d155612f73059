"""Stores updates as they come, many in one statement; Telegram gets 200 only after that."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from bot.dialog.update import ids_of
from domain.errors import DatabaseUnavailable, Unavailable
from messaging.sending.write_batcher import WriteBatcher
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


def read_received_update(body: bytes) -> ReceivedUpdate:
    """An update as it is to be stored.

    Raises:
        ValueError: not UTF-8, not JSON, or not an update.
    """
    update_id, chat_id = ids_of(body)
    return ReceivedUpdate(update_id=update_id, chat_id=chat_id, payload=body.decode())


class UpdateWriter:
    """The only writer of received updates.

    Args:
        store_updates: commits a batch of updates.
    """

    def __init__(self, store_updates: StoreUpdates) -> None:
        self._store_updates = store_updates
        self._batcher = WriteBatcher(self._write, limit=MAX_BATCH)
        self._waiting = 0
        """Updates that wait for their statement."""

    async def store(self, update: ReceivedUpdate) -> None:
        """Return once the update is committed or was known before.

        Raises:
            Unavailable: the update may not be stored; the sender must send it again.
        """
        if self._waiting >= MAX_WAITING:
            raise Overloaded("too many updates wait to be stored", retry_after=1.0)
        self._waiting += 1
        try:
            async with asyncio.timeout(STORE_SECONDS):
                error = await self._batcher.submit(update)
        except TimeoutError:
            raise DatabaseUnavailable("PostgreSQL takes too long to store an update") from None
        if error is not None:
            raise error

    async def _write(self, batch: Sequence[ReceivedUpdate]) -> list[Unavailable | None]:
        self._waiting -= len(batch)
        return await self._store(batch)

    async def _store(self, batch: Sequence[ReceivedUpdate]) -> list[Unavailable | None]:
        """Store a batch; if the database refuses it, store each update alone. Answers an error for each."""
        try:
            new = await self._store_updates(_distinct(batch))
        except Unavailable as error:
            return [error for _ in batch]
        except Exception:  # noqa: BLE001 - the database's own errors are unknown here; the update is stored below
            if len(batch) == 1:
                return [await self._store_unreadable(batch[0])]
            return [error for update in batch for error in await self._store([update])]
        metrics.webhook_updates.labels("stored").inc(len(new))
        metrics.webhook_updates.labels("repeated").inc(len(batch) - len(new))
        return [None for _ in batch]

    async def _store_unreadable(self, update: ReceivedUpdate) -> Unavailable | None:
        """Store as quoted text what jsonb refuses, such as a null character or half a surrogate pair."""
        quoted = {"update_id": update.update_id, "unreadable": update.payload}
        readable = ReceivedUpdate(
            update_id=update.update_id, chat_id=update.chat_id, payload=msgspec.json.encode(quoted).decode()
        )
        try:
            await self._store_updates([readable])
        except Exception as error:
            log.exception("An update cannot be stored")
            return DatabaseUnavailable(f"an update cannot be stored: {type(error).__name__}")
        return None


def _distinct(batch: Sequence[ReceivedUpdate]) -> list[ReceivedUpdate]:
    return list({update.update_id: update for update in batch}.values())
