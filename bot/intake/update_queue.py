"""Handles stored updates: in order within a chat across all instances, chats side by side.

`notice()` makes it fast for what this instance has stored; looking into PostgreSQL each second makes it
certain for what a dead instance has left.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.services.ports import HandleUpdate, UpdateLeases
from domain.errors import Unavailable
from runtime.clock import monotonic
from runtime.observability import metrics
from runtime.processes.lifecycle import Stop, nursery
from storage.chats.updates import MAX_ATTEMPTS, UpdateLease

log = logging.getLogger(__name__)

WORKERS = 32
"""Chats handled at once."""
MOST_NOTICED = 10_000
"""Chats remembered to have news; more are found by the next look."""
HANDLE_SECONDS = 25.0
"""How long one update may take; shorter than its lease."""
LOOK_SECONDS = 1.0
LEFT_SECONDS = 2.0
"""After so long an update that nobody works on is taken for left behind."""
MOST_LEFT = 200
RETRY_SECONDS = 1.0
LONGEST_PAUSE = 60.0
OLDEST = 3600.0
"""Seconds after which even a try that was not the update's fault is the last."""

ReplyFailure = Callable[[UpdateLease], Awaitable[None]]


class UpdateQueue:
    """Takes turns for chats that have news."""

    def __init__(self, leases: UpdateLeases, handle: HandleUpdate, reply_failure: ReplyFailure) -> None:
        self._leases = leases
        self._handle = handle
        self._reply_failure = reply_failure
        self._queue: asyncio.Queue[int] = asyncio.Queue(MOST_NOTICED)
        self._noticed: set[int] = set()
        """Chats in the queue."""
        self._active: dict[int, bool] = {}
        """Chats at work, and whether there was news meanwhile."""
        self._idle = asyncio.Event()
        self._idle.set()

    def notice(self, chat_id: int) -> None:
        """There is news in this chat."""
        if chat_id in self._active:
            self._active[chat_id] = True
        elif chat_id not in self._noticed and not self._queue.full():
            self._noticed.add(chat_id)
            self._queue.put_nowait(chat_id)

    async def run(self, stop: Stop, *, workers: int = WORKERS) -> None:
        """Work until the stop; then what was begun is finished and the rest is left to others."""
        async with nursery(stop) as tasks:
            tasks.start_forever("looking for updates left behind", lambda: self._look(stop))
            for number in range(workers):
                tasks.start_forever(f"inbox {number}", lambda: self._work(stop))
            await stop.wait()
            await self._idle.wait()

    async def _look(self, stop: Stop) -> None:
        while not stop.is_set():
            for chat_id in await self._leases.waiting(older_than=LEFT_SECONDS, most=MOST_LEFT):
                self.notice(chat_id)
            await stop.sleep(LOOK_SECONDS)

    async def _work(self, stop: Stop) -> None:
        while not stop.is_set():
            chat_id = await self._queue.get()
            self._noticed.discard(chat_id)
            if not stop.is_set():
                await self._claim(chat_id, stop)

    async def _claim(self, chat_id: int, stop: Stop) -> None:
        """Serve a chat, unless a neighbour in this process is at it, who then hears of the news."""
        if chat_id in self._active:
            self._active[chat_id] = True
            return
        self._active[chat_id] = True
        self._idle.clear()
        try:
            await self._serve(chat_id, stop)
        except Unavailable as error:
            log.warning("Chat %d is left for the next look: %s", chat_id, error)
        finally:
            del self._active[chat_id]
            if not self._active:
                self._idle.set()

    async def _serve(self, chat_id: int, stop: Stop) -> None:
        """Handle the chat's updates until there are none, or until somebody else is at it."""
        while self._active[chat_id] and not stop.is_set():
            self._active[chat_id] = False
            lease = await self._leases.take(chat_id)
            while lease is not None:
                went_on = await self._attend(lease)
                lease = await self._leases.take(chat_id) if went_on and not stop.is_set() else None

    async def _attend(self, lease: UpdateLease) -> bool:
        """Handle one update; whether the chat's next may be taken now."""
        began = monotonic()
        try:
            async with asyncio.timeout(HANDLE_SECONDS):
                await self._handle(lease)
        except Unavailable as error:
            return await self._try_later(lease, error)
        except asyncio.CancelledError:
            await self._leases.postpone(lease, seconds=0.0, refund_attempt=True)
            raise
        except Exception as error:
            log.exception("Update %d failed, try %d", lease.update_id, lease.attempts)
            return await self._fail(lease, error)
        await self._leases.finish(lease)
        metrics.updates_handled.labels("done").inc()
        metrics.update_seconds.observe(lease.age + monotonic() - began)
        return True

    async def _try_later(self, lease: UpdateLease, error: Unavailable) -> bool:
        if lease.age > OLDEST:
            return await self._give_up(lease, error)
        log.warning("Update %d waits: %s", lease.update_id, error)
        pause = min(error.retry_after or RETRY_SECONDS, LONGEST_PAUSE)
        await self._leases.postpone(lease, seconds=pause, refund_attempt=True)
        return False

    async def _fail(self, lease: UpdateLease, error: Exception) -> bool:
        if lease.attempts >= MAX_ATTEMPTS:
            return await self._give_up(lease, error)
        await self._leases.postpone(lease, seconds=RETRY_SECONDS * lease.attempts, refund_attempt=False)
        return False

    async def _give_up(self, lease: UpdateLease, error: Exception) -> bool:
        """It failed for good: the person hears so, and the chat's next update has its turn."""
        try:
            async with asyncio.timeout(HANDLE_SECONDS):
                await self._reply_failure(lease)
        except Exception:
            log.exception("Nobody could be told that update %d failed", lease.update_id)
        await self._leases.finish(lease, error=f"{type(error).__name__}")
        metrics.updates_handled.labels("failed").inc()
        return True
