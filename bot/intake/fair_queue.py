"""Whose update may be handled next: who has asked how much lately, and the lease on a chat's updates.

By the first the update queue and the replies go to whoever has had least. The lease in PostgreSQL is the
right to handle a chat's updates, one after the other, across instances. Chats that ask more than their
share get a message, sent beside the workers that handle updates.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Sequence

from bot.dialog.responder import NO_USE
from domain.errors import DatabaseUnavailable, QueueUnavailable, TelegramUnavailable, Unavailable
from runtime.clock import monotonic
from runtime.processes.lifecycle import Nursery, Stop
from runtime.shared_calls import WriteBatcher
from storage.chats import updates
from storage.chats.updates import DEFAULT_SHARES, ReceivedUpdate, UpdateLease
from storage.postgres import Database

log = logging.getLogger(__name__)

FADE_SECONDS = 60.0
"""What was asked so long ago counts a third."""
LOUD = 5.0
"""Who has asked so much lately is counted when it asks again, by all instances together."""
MAX_KNOWN = 20_000
"""Chats and persons kept; the longest quiet one is forgotten."""
MAX_BATCH = 200
"""Updates closed in one statement."""
SET_ASIDE_SECONDS = 300.0
"""After so long of attempts without success an update is set aside, though it was not the one that failed."""
MAX_AGE_SECONDS = 3600.0
"""The same where Telegram asks for pauses."""
MAX_FAILING = 10_000
"""Updates of which it is known since when they fail."""
_AWAY_FOR_ALL = (TelegramUnavailable, DatabaseUnavailable, QueueUnavailable)
SENDERS = 16
"""Messages that wait for the limits of their chats at once."""
MAX_WAITING = 1_000
"""Chats that wait for their message; more get none."""
SendLimitMessage = Callable[[ReceivedUpdate], Awaitable[None]]


class RecentUse:
    """Requests of chats and persons, each counting less as time passes.

    All fade alike, so the order of two does not change while neither asks: the logarithm of what they had,
    seen from the beginning of time, can be compared at any moment.

    Args:
        share: requests of one person in a minute.
    """

    __slots__ = ("_share", "_use")

    def __init__(self, share: int = DEFAULT_SHARES.per_minute) -> None:
        self._share = share
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

    def recent(self, *, chat_id: int, user_id: int, at: float) -> float:
        """The requests of the chat or the person, whichever has more, that count now."""
        return math.exp(self.of(chat_id=chat_id, user_id=user_id) - at / FADE_SECONDS)

    def is_loud(self, *, chat_id: int, user_id: int, at: float) -> bool:
        """Whether the chat or the person has asked so much lately that their shares are to be looked at."""
        return self.recent(chat_id=chat_id, user_id=user_id, at=at) > LOUD

    def is_beyond_share(self, *, chat_id: int, user_id: int, at: float) -> bool:
        """Whether the chat or the person has asked more lately than a person may."""
        return self.recent(chat_id=chat_id, user_id=user_id, at=at) > self._share

    def _add(self, key: tuple[str, int], at: float) -> None:
        known = self._use.pop(key, NO_USE)
        now = at / FADE_SECONDS
        more, less = max(known, now), min(known, now)
        self._use[key] = more + math.log1p(math.exp(less - more))
        if len(self._use) > MAX_KNOWN:
            del self._use[next(iter(self._use))]


class UpdateLeases:
    """The stored updates as one instance works through them.

    Args:
        database: where they stand.
        owner: names this instance.
    """

    def __init__(self, *, database: Database, owner: str) -> None:
        self.owner = owner
        self._database = database
        self._finishing = WriteBatcher(self._finish_all, limit=MAX_BATCH)

    async def take(self, chat_id: int) -> UpdateLease | None:
        """Lease the oldest open update of a chat; None if there is none or another instance works on it."""
        return await updates.lease_next_update(self._database, chat_id=chat_id, owner=self.owner)

    async def finish(self, lease: UpdateLease, error: str | None = None) -> bool:
        """Close the update: it is handled, or it has failed for good with `error`.

        Returns:
            Whether the chat has more that are open.
        """
        has_more = await self._finishing.submit((lease.update_id, error))
        if has_more is None:
            log.warning("Update %d took too long; another instance has it", lease.update_id)
        return bool(has_more)

    async def leave(self) -> None:
        """Leave what is leased and not handled to other instances: this one handles nothing any more."""
        await updates.release_updates(self._database, owner=self.owner)

    async def postpone(self, lease: UpdateLease, *, seconds: float, refund_attempt: bool) -> None:
        """Leave the chat alone for a while.

        Args:
            lease: the update that could not be handled.
            seconds: the pause.
            refund_attempt: the update was not at fault, so the attempt does not count.
        """
        await updates.postpone_update(
            self._database, lease, owner=self.owner, seconds=seconds, refund_attempt=refund_attempt
        )

    async def waiting(self, *, older_than: float, limit: int) -> list[int]:
        """Chats with updates older than `older_than` seconds that no instance works on."""
        return await updates.waiting_chats(self._database, older_than=older_than, limit=limit)

    async def _finish_all(self, finished: Sequence[tuple[int, str | None]]) -> list[bool | None]:
        done = await updates.finish_updates(self._database, dict(finished), owner=self.owner)
        return [done.get(update_id) for update_id, _ in finished]


def lease_of(update: ReceivedUpdate) -> UpdateLease:
    """The lease that was stored with the update."""
    return UpdateLease(
        update_id=update.update_id,
        chat_id=update.chat_id,
        payload=update.payload,
        attempts=1,
        user_id=update.user_id,
    )


class FailingUpdates:
    """Updates that are tried again, and since when they fail."""

    def __init__(self) -> None:
        self._since: dict[int, float] = {}

    def forget(self, update_id: int) -> None:
        """It does not fail any more, or is given up."""
        self._since.pop(update_id, None)

    def is_set_aside(self, update_id: int, error: Unavailable) -> bool:
        """Whether the update itself seems to be at fault: nothing behind it waits for it any longer.

        Nobody is at fault while a server is away for all, and Telegram may ask for a pause of its own.
        """
        if isinstance(error, _AWAY_FOR_ALL):
            self.forget(update_id)
            return False
        first = self._since.setdefault(update_id, monotonic())
        if len(self._since) > MAX_FAILING:
            del self._since[next(iter(self._since))]
        is_asked_to_wait = error.retry_after is not None
        return monotonic() - first > (MAX_AGE_SECONDS if is_asked_to_wait else SET_ASIDE_SECONDS)


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
