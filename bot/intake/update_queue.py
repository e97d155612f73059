"""Handles stored updates: in order within a chat across all instances, and many chats side by side.

`enqueue()` makes it fast for the updates that this instance has stored. A look into PostgreSQL each second
makes it certain for the updates that a dead instance has left.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.intake.update_leases import UpdateLeases
from domain.errors import Unavailable
from runtime.clock import monotonic
from runtime.observability import metrics
from runtime.processes.lifecycle import Stop, nursery
from storage.chats.updates import MAX_ATTEMPTS, UpdateLease

log = logging.getLogger(__name__)

WORKERS = 32
"""Chats handled at once."""
MAX_QUEUED_CHATS = 10_000
"""Chats in the queue; the next look into PostgreSQL finds the others."""
HANDLE_SECONDS = 25.0
"""How long one update may take; shorter than its lease."""
POLL_SECONDS = 1.0
ABANDONED_SECONDS = 2.0
"""An update that nobody works on for so long counts as left behind."""
MAX_ABANDONED_CHATS = 200
"""Chats found by one look."""
RETRY_SECONDS = 1.0
MAX_PAUSE_SECONDS = 60.0
MAX_AGE_SECONDS = 3600.0
"""After so long even an attempt that did not fail through the update itself is the last one."""

HandleUpdate = Callable[[UpdateLease], Awaitable[None]]


class UpdateQueue:
    """The chats that have new updates, and the workers that handle them.

    Args:
        leases: the right to handle a chat's updates.
        handle: handles one update.
        reply_failure: tells the person that the update could not be handled.
    """

    def __init__(self, leases: UpdateLeases, handle: HandleUpdate, reply_failure: HandleUpdate) -> None:
        self._leases = leases
        self._handle = handle
        self._reply_failure = reply_failure
        self._queue: asyncio.Queue[int] = asyncio.Queue(MAX_QUEUED_CHATS)
        self._queued: set[int] = set()
        """Chats in the queue."""
        self._active: dict[int, bool] = {}
        """Chats that a worker handles, and whether a new update came meanwhile."""
        self._idle = asyncio.Event()
        self._idle.set()

    def enqueue(self, chat_id: int) -> None:
        """Handle this chat soon: it has a new update."""
        if chat_id in self._active:
            self._active[chat_id] = True
        elif chat_id not in self._queued and not self._queue.full():
            self._queued.add(chat_id)
            self._queue.put_nowait(chat_id)

    async def run(self, stop: Stop, *, workers: int = WORKERS) -> None:
        """Work until the stop. Then finish the updates in hand and leave the rest to other instances."""
        async with nursery(stop) as tasks:
            tasks.start_forever("abandoned updates", lambda: self._find_abandoned(stop))
            for number in range(workers):
                tasks.start_forever(f"update worker {number}", lambda: self._work(stop))
            await stop.wait()
            await self._idle.wait()

    async def _find_abandoned(self, stop: Stop) -> None:
        while not stop.is_set():
            chats = await self._leases.waiting(older_than=ABANDONED_SECONDS, limit=MAX_ABANDONED_CHATS)
            for chat_id in chats:
                self.enqueue(chat_id)
            await stop.sleep(POLL_SECONDS)

    async def _work(self, stop: Stop) -> None:
        while not stop.is_set():
            chat_id = await self._queue.get()
            self._queued.discard(chat_id)
            if not stop.is_set():
                await self._claim(chat_id, stop)

    async def _claim(self, chat_id: int, stop: Stop) -> None:
        """Serve a chat, unless another worker of this process does; that one then looks again."""
        if chat_id in self._active:
            self._active[chat_id] = True
            return
        self._active[chat_id] = True
        self._idle.clear()
        try:
            await self._serve(chat_id, stop)
        except Unavailable as error:
            log.warning("Chat %d waits for the next look into PostgreSQL: %s", chat_id, error)
        finally:
            del self._active[chat_id]
            if not self._active:
                self._idle.set()

    async def _serve(self, chat_id: int, stop: Stop) -> None:
        """Handle the chat's updates until none is left or another instance has the lease."""
        while self._active[chat_id] and not stop.is_set():
            self._active[chat_id] = False
            lease = await self._leases.take(chat_id)
            while lease is not None:
                may_continue = await self._handle_leased(lease)
                lease = await self._leases.take(chat_id) if may_continue and not stop.is_set() else None

    async def _handle_leased(self, lease: UpdateLease) -> bool:
        """Handle one update; whether the chat's next update may be taken now."""
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
            log.exception("Update %d failed, attempt %d", lease.update_id, lease.attempts)
            return await self._fail(lease, error)
        await self._leases.finish(lease)
        metrics.updates_handled.labels("done").inc()
        metrics.update_seconds.observe(lease.age + monotonic() - began)
        return True

    async def _try_later(self, lease: UpdateLease, error: Unavailable) -> bool:
        if lease.age > MAX_AGE_SECONDS:
            return await self._give_up(lease, error)
        log.warning("Update %d waits: %s", lease.update_id, error)
        pause = min(error.retry_after or RETRY_SECONDS, MAX_PAUSE_SECONDS)
        await self._leases.postpone(lease, seconds=pause, refund_attempt=True)
        return False

    async def _fail(self, lease: UpdateLease, error: Exception) -> bool:
        if lease.attempts >= MAX_ATTEMPTS:
            return await self._give_up(lease, error)
        await self._leases.postpone(lease, seconds=RETRY_SECONDS * lease.attempts, refund_attempt=False)
        return False

    async def _give_up(self, lease: UpdateLease, error: Exception) -> bool:
        """The update failed for good: tell the person, and let the chat's next update follow."""
        try:
            async with asyncio.timeout(HANDLE_SECONDS):
                await self._reply_failure(lease)
        except Exception:
            log.exception("No reply could say that update %d failed", lease.update_id)
        await self._leases.finish(lease, error=type(error).__name__)
        metrics.updates_handled.labels("failed").inc()
        return True
