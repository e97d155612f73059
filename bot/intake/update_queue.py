"""Handles stored updates: in order within a chat across all instances, and many chats side by side.

A chat gets one turn at a time, and whoever has asked least lately goes first. An update that waits for a
limit leaves its worker to others. Whoever asks more than a person's share has workers and room of its own, so
that nobody else waits for them.

`receive()` makes it fast for the updates that this instance has stored. A look into PostgreSQL each second
makes it certain for the updates that a dead instance has left.
"""

import asyncio
import functools
import itertools
import logging
from collections.abc import Awaitable, Callable

from msgspec import structs

from bot.dialog.update_context import UpdateContext, during_update
from bot.intake.fair_queue import LimitMessages, RecentUse, SendLimitMessage, nothing, once
from bot.intake.update_leases import FailingUpdates, StoredLeases, UpdateLeases
from domain.alerts.traced import trace_of_update
from domain.errors import Unavailable
from runtime.clock import monotonic
from runtime.deadlines import Deadlines
from runtime.observability import metrics
from runtime.observability.logs import logged_as
from runtime.observability.traces import stage
from runtime.processes.lifecycle import Nursery, Stop, nursery
from storage.chats.cached_chats import reading_once
from storage.chats.update_leases import LEASE_SECONDS, MAX_ATTEMPTS, UpdateLease
from storage.chats.updates import ReceivedUpdate, StoreResult

log = logging.getLogger(__name__)

WORKERS = 32
"""Chats handled at once."""
MAX_WAITING_UPDATES = 200
"""Updates that wait for a limit or for Telegram, beside those that a worker has in hand."""
LOUD_WORKERS = 4
MAX_WAITING_LOUD = 124
"""The same for those who ask more than a person's share."""
MAX_QUEUED_CHATS = 10_000
"""Chats in the queue; the next look into PostgreSQL finds the others."""
HANDLE_SECONDS = 25.0
"""How long one update may take; shorter than its lease."""
MAX_LEASED = 2 * WORKERS
"""With so many chats in the queue or in work, updates are stored without leases, for any instance:
whoever takes over a lease cannot know whether its owner has replied."""
FRESH_SECONDS = LEASE_SECONDS - HANDLE_SECONDS
"""A lease that waited for a worker for longer is taken anew."""
BUSY_ELSEWHERE_SECONDS = 0.2
"""A chat that another instance works on is looked at once more after so long: that one may not have seen the
update that was stored here meanwhile."""
POLL_SECONDS = 1.0
ABANDONED_SECONDS = 2.0
"""An update that nobody works on for so long counts as left behind."""
MAX_ABANDONED_CHATS = 200
"""Chats found by one look."""
RETRY_SECONDS = 1.0
MAX_PAUSE_SECONDS = 60.0

_Queued = tuple[float, int, int, int]
"""What a chat had asked, when it came, the chat and the person."""
_Queue = asyncio.PriorityQueue[_Queued]
HandleUpdate = Callable[[UpdateLease], Awaitable[None]]


class UpdateQueue:
    """The chats that have new updates, and the workers that handle them.

    Args:
        leases: the right to handle a chat's updates.
        handle: handles one update.
        reply_failure: tells the person that the update could not be handled.
        tell_limited: tells a chat that it asks more than its share.
        use: where it is recorded what chats and persons ask; None: only here.
    """

    def __init__(
        self,
        leases: UpdateLeases,
        handle: HandleUpdate,
        reply_failure: HandleUpdate,
        tell_limited: SendLimitMessage,
        use: RecentUse | None = None,
    ) -> None:
        self._leases = leases
        self._handle = handle
        self._reply_failure = reply_failure
        self._failing = FailingUpdates()
        self._tell_limited = tell_limited
        self.use = use or RecentUse()
        self._limit_messages = LimitMessages(self._send)
        self._quiet: _Queue = asyncio.PriorityQueue(MAX_QUEUED_CHATS)
        self._loud: _Queue = asyncio.PriorityQueue(MAX_QUEUED_CHATS)
        self._came = itertools.count()
        self._queued: set[int] = set()
        """Chats in the queue."""
        self._active: dict[int, bool] = {}
        """Chats that a worker handles, and whether a new update came meanwhile."""
        self._stored = StoredLeases(FRESH_SECONDS)
        self._looking_again: set[int] = set()
        """Chats that another instance works on."""
        self._deadlines = Deadlines()
        self._idle = asyncio.Event()
        self._idle.set()
        self._takes_leases = False

    @property
    def lease_owner(self) -> str | None:
        """Who gets the leases of updates that are stored now; None: there is no worker for them."""
        has_room = self._takes_leases and len(self._active) + len(self._queued) < MAX_LEASED
        return self._leases.owner if has_room else None

    def receive(self, update: ReceivedUpdate, result: StoreResult) -> None:
        """Handle a stored update soon, or tell its chat that it is not handled."""
        if update.is_request and result is not StoreResult.KNOWN:
            self.use.record(chat_id=update.chat_id, user_id=update.user_id, at=monotonic())
        if result is StoreResult.LEASED:
            self._stored.put(update)
        if result is StoreResult.FIRST_LIMITED:
            self._limit_messages.put(update)
        elif result is not StoreResult.LIMITED:
            self.enqueue(update.chat_id, user_id=update.user_id)

    def enqueue(self, chat_id: int, *, user_id: int = 0) -> None:
        """Handle this chat soon: it has a new update, as far as is known of this person."""
        if chat_id in self._active:
            self._active[chat_id] = True
            return
        queue = self._queue_of(chat_id, user_id)
        if chat_id not in self._queued and not queue.full():
            self._queued.add(chat_id)
            use = self.use.of(chat_id=chat_id, user_id=user_id)
            queue.put_nowait((use, next(self._came), chat_id, user_id))

    async def run(self, stop: Stop, *, workers: int = WORKERS) -> None:
        """Work until the stop. Then finish the updates in hand and leave the rest to other instances."""
        async with nursery(stop) as tasks:
            tasks.start_forever("abandoned updates", lambda: self._find_abandoned(stop))
            self._limit_messages.start(tasks, stop)
            self._start_workers(tasks, stop, self._quiet, (workers, MAX_WAITING_UPDATES))
            self._start_workers(tasks, stop, self._loud, (LOUD_WORKERS, MAX_WAITING_LOUD))
            self._takes_leases = True
            await stop.wait()
            self._takes_leases = False
            await self._idle.wait()

    async def leave(self) -> None:
        """After the end, once nothing is stored any more: leave the rest to other instances."""
        await self._leases.leave()

    def _start_workers(self, tasks: Nursery, stop: Stop, queue: _Queue, numbers: tuple[int, int]) -> None:
        """So many workers, and tasks for so many updates that wait."""
        free = asyncio.Semaphore(numbers[0])
        for number in range(sum(numbers)):
            tasks.start_forever(f"update worker {number}", lambda: self._work(queue, free, stop))

    def _queue_of(self, chat_id: int, user_id: int) -> _Queue:
        is_beyond = self.use.is_beyond_share(chat_id=chat_id, user_id=user_id, at=monotonic())
        return self._loud if is_beyond else self._quiet

    async def _send(self, update: ReceivedUpdate) -> None:
        use = self._use_of(update.chat_id, update.user_id)
        with during_update(UpdateContext(leave=nothing, use=use)):
            await self._tell_limited(update)

    async def _find_abandoned(self, stop: Stop) -> None:
        while not stop.is_set():
            chats = await self._leases.waiting(older_than=ABANDONED_SECONDS, limit=MAX_ABANDONED_CHATS)
            for chat_id in chats:
                self.enqueue(chat_id)
            await self._leases.close_left()
            await stop.sleep(POLL_SECONDS)

    async def _work(self, queue: _Queue, free: asyncio.Semaphore, stop: Stop) -> None:
        while not stop.is_set():
            await free.acquire()
            leave = once(free.release)
            try:
                chat_id = await self._next_chat(queue)
                if not stop.is_set():
                    await self._claim(chat_id, leave)
            finally:
                leave()

    async def _next_chat(self, queue: _Queue) -> int:
        """The chat that has asked least; who has asked more since it came is put where it belongs now."""
        while True:
            known, came, chat_id, user_id = await queue.get()
            use = self.use.of(chat_id=chat_id, user_id=user_id)
            if use <= known or queue.empty():
                self._queued.discard(chat_id)
                return chat_id
            queue.put_nowait((use, came, chat_id, user_id))

    def _use_of(self, chat_id: int, user_id: int) -> Callable[[], float]:
        return functools.partial(self.use.of, chat_id=chat_id, user_id=user_id)

    async def _claim(self, chat_id: int, leave: Callable[[], None]) -> None:
        """Give a chat its turn; then it goes behind those that have asked less."""
        if chat_id in self._active:
            self._active[chat_id] = True
            return
        self._active[chat_id] = False
        self._idle.clear()
        has_more, user_id = False, 0
        try:
            lease = self._stored.pop(chat_id) or await self._leases.take(chat_id)
            if lease is None:
                self._look_again(chat_id)
            else:
                self._stored.forget(lease)
                user_id = lease.user_id
                use = self._use_of(chat_id, user_id)
                update_context = UpdateContext(leave=leave, use=use, copies=lease.copies)
                with during_update(update_context), reading_once():
                    has_more = await self._handle_leased(lease, update_context)
        except Unavailable as error:
            log.warning("Chat %d waits for the next look into PostgreSQL: %s", chat_id, error)
        finally:
            has_more |= self._active.pop(chat_id)
            if not self._active:
                self._idle.set()
        if has_more:
            self.enqueue(chat_id, user_id=user_id)

    def _look_again(self, chat_id: int) -> None:
        if chat_id in self._looking_again:
            self._looking_again.discard(chat_id)
            return
        self._looking_again.add(chat_id)
        asyncio.get_running_loop().call_later(BUSY_ELSEWHERE_SECONDS, self.enqueue, chat_id)

    async def _handle_leased(self, lease: UpdateLease, update_context: UpdateContext) -> bool:
        """Handle one update; whether the chat's next update may be taken now."""
        began = monotonic()
        try:
            trace, ids = trace_of_update(lease.update_id), {"update": lease.update_id}
            limit = self._deadlines.task(HANDLE_SECONDS)
            with logged_as(**ids), stage("handle", trace, number=lease.attempts, **ids), limit:
                await self._handle(lease)
        except Unavailable as error:
            return await self._try_later(_counted(lease, update_context), error)
        except asyncio.CancelledError:
            given_back = _counted(lease, update_context)
            await self._leases.postpone(given_back, seconds=0.0, refund_attempt=True)
            raise
        except Exception as error:
            log.exception("Update %d failed, attempt %d", lease.update_id, lease.attempts)
            return await self._fail(_counted(lease, update_context), error)
        self._failing.forget(lease.update_id)
        has_more = await self._leases.finish(lease)
        metrics.updates_handled.labels("done").inc()
        metrics.update_seconds.observe(lease.age + monotonic() - began)
        return has_more

    async def _try_later(self, lease: UpdateLease, error: Unavailable) -> bool:
        if self._failing.is_set_aside(lease.update_id, error):
            log.error("Update %d is set aside: %s", lease.update_id, error)
            return await self._give_up(lease, error, outcome="set aside")
        log.warning("Update %d waits: %s", lease.update_id, error)
        pause = min(error.retry_after or RETRY_SECONDS, MAX_PAUSE_SECONDS)
        await self._leases.postpone(lease, seconds=pause, refund_attempt=True)
        return False

    async def _fail(self, lease: UpdateLease, error: Exception) -> bool:
        if lease.attempts >= MAX_ATTEMPTS:
            return await self._give_up(lease, error)
        await self._leases.postpone(lease, seconds=RETRY_SECONDS * lease.attempts, refund_attempt=False)
        return False

    async def _give_up(self, lease: UpdateLease, error: Exception, *, outcome: str = "failed") -> bool:
        """The update failed for good: tell the person, and let the chat's next update follow."""
        try:
            async with asyncio.timeout(HANDLE_SECONDS):
                await self._reply_failure(lease)
        except Exception:
            log.exception("No reply could say that update %d failed", lease.update_id)
        self._failing.forget(lease.update_id)
        has_more = await self._leases.finish(lease, error=f"{outcome}: {type(error).__name__}")
        metrics.updates_handled.labels(outcome).inc()
        return has_more


def _counted(lease: UpdateLease, update_context: UpdateContext) -> UpdateLease:
    """The lease with the copies of the reply that may have reached the chat by now."""
    return structs.replace(lease, copies=lease.copies + update_context.sent)
