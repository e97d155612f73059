"""Messages to chats that ask more than their share: one each, sent beside the workers that handle updates."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from domain.errors import Unavailable
from runtime.processes.lifecycle import Nursery, Stop
from storage.chats.updates import ReceivedUpdate

log = logging.getLogger(__name__)

SENDERS = 16
"""Messages that wait for the limits of their chats at once."""
MAX_WAITING = 1_000
"""Chats that wait for their message; more get none."""

SendLimitMessage = Callable[[ReceivedUpdate], Awaitable[None]]


class LimitMessages:
    """The chats that wait for one.

    Args:
        send: sends one to the chat of this update.
    """

    def __init__(self, send: SendLimitMessage) -> None:
        self._send = send
        self._waiting: asyncio.Queue[ReceivedUpdate] = asyncio.Queue(MAX_WAITING)

    def put(self, update: ReceivedUpdate) -> None:
        """Send one to the chat of this update soon."""
        if not self._waiting.full():
            self._waiting.put_nowait(update)

    def start(self, tasks: Nursery, stop: Stop) -> None:
        """Send until the stop."""
        for number in range(SENDERS):
            tasks.start_forever(f"limit notices {number}", lambda: self._run(stop))

    async def _run(self, stop: Stop) -> None:
        while not stop.is_set():
            update = await self._waiting.get()
            try:
                await self._send(update)
            except Unavailable as error:
                log.info("Chat %d did not hear that it asks too much: %s", update.chat_id, error)
