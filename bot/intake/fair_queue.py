"""Whose update may be handled next: who has asked how much lately, and the lease on a chat's updates.

By the first the update queue and the replies go to whoever has had least. The lease in PostgreSQL is the
right to handle a chat's updates, one after the other, across instances. Chats that ask more than their
share get a message, sent beside the workers that handle updates.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.dialog.responder import NO_USE
from domain.errors import Unavailable
from runtime.processes.lifecycle import Nursery, Stop
from storage.chats import updates
from storage.chats.updates import ReceivedUpdate, UpdateLease
from storage.postgres import Database

FADE_SECONDS = 60.0
"""What was asked so long ago counts a third."""
LOUD = 5.0
"""Who has asked so much lately is counted when it asks again, by all instances together."""
MAX_KNOWN = 20_000
"""Chats and persons kept; the longest quiet one is forgotten."""
log = logging.getLogger(__name__)
SENDERS = 16
"""Messages that wait for the limits of their chats at once."""
MAX_WAITING = 1_000
"""Chats that wait for their message; more get none."""
SendLimitMessage = Callable[[ReceivedUpdate], Awaitable[None]]


class RecentUse:
    """Requests of chats and persons, each counting less as time passes.

    All fade alike, so the order of two does not change while neither asks: the logarithm of what they had,
    seen from the beginning of time, can be compared at any moment.
    """

    __slots__ = ("_use",)

    def __init__(self) -> None:
        self._use: dict[tuple[str, int], float] = {}

    def record(self, *, chat_id: int, user_id: int, at: float) -> None:
        """One more request.

        Args:
            chat_id: where.
            user_id: whose; 0: nobody's.
            at: when, by the monotonic clock.
        """
        self._add(("chat", chat_id), at)
        if user_id:
            self._add(("person", user_id), at)

    def of(self, *, chat_id: int, user_id: int) -> float:
        """What the chat or the person has had, whichever had more; comparable with that of others."""
        chat = self._use.get(("chat", chat_id), NO_USE)
        return max(chat, self._use.get(("person", user_id), NO_USE))

    def is_loud(self, *, chat_id: int, user_id: int, at: float) -> bool:
        """Whether the chat or the person has asked so much lately that their shares are to be looked at."""
        return self.of(chat_id=chat_id, user_id=user_id) - at / FADE_SECONDS > math.log(LOUD)

    def _add(self, key: tuple[str, int], at: float) -> None:
        known = self._use.pop(key, NO_USE)
        now = at / FADE_SECONDS
        more, less = max(known, now), min(known, now)
        self._use[key] = more + math.log1p(math.exp(less - more))
        if len(self._use) > MAX_KNOWN:
            del self._use[next(iter(self._use))]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateLeases:
    """The stored updates as one instance works through them."""

    database: Database
    owner: str

    async def take(self, chat_id: int) -> UpdateLease | None:
        """Lease the oldest open update of a chat; None if there is none or another instance works on it."""
        return await updates.lease_next_update(self.database, chat_id=chat_id, owner=self.owner)

    async def finish(self, lease: UpdateLease, error: str | None = None) -> None:
        """Close the update: it is handled, or it has failed for good with `error`."""
        if not await updates.finish_update(self.database, lease, owner=self.owner, error=error):
            log.warning("Update %d took too long; another instance has it", lease.update_id)

    async def postpone(self, lease: UpdateLease, *, seconds: float, refund_attempt: bool) -> None:
        """Leave the chat alone for a while.

        Args:
            lease: the update that could not be handled.
            seconds: the pause.
            refund_attempt: the update was not at fault, so the attempt does not count.
        """
        await updates.postpone_update(
            self.database, lease, owner=self.owner, seconds=seconds, refund_attempt=refund_attempt
        )

    async def waiting(self, *, older_than: float, limit: int) -> list[int]:
        """Chats with updates older than `older_than` seconds that no instance works on."""
        return await updates.waiting_chats(self.database, older_than=older_than, limit=limit)


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
