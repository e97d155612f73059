"""Tells chats that ask more than their share so, once, beside the workers that handle updates."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from domain.errors import Unavailable
from runtime.processes.lifecycle import Nursery, Stop
from storage.chats.updates import ReceivedUpdate

log = logging.getLogger(__name__)

TELLERS = 16
"""Notices that wait for the limits of their chats at once."""
MAX_WAITING = 1_000
"""Chats that wait for their notice; more are not told."""

Tell = Callable[[ReceivedUpdate], Awaitable[None]]


class LimitNotices:
    """Chats that are to be told.

    Args:
        tell: tells the chat of this update.
    """

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._waiting: asyncio.Queue[ReceivedUpdate] = asyncio.Queue(MAX_WAITING)

    def put(self, update: ReceivedUpdate) -> None:
        """Tell the chat of this update soon."""
        if not self._waiting.full():
            self._waiting.put_nowait(update)

    def start(self, tasks: Nursery, stop: Stop) -> None:
        """Tell until the stop."""
        for number in range(TELLERS):
            tasks.start_forever(f"limit notices {number}", lambda: self._run(stop))

    async def _run(self, stop: Stop) -> None:
        while not stop.is_set():
            update = await self._waiting.get()
            try:
                await self._tell(update)
            except Unavailable as error:
                log.info("Chat %d was not told that it asks too much: %s", update.chat_id, error)
