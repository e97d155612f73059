"""Handles stored updates: in order within a chat across all instances, and many chats side by side.

A chat gets one turn at a time, and whoever has asked least recently goes first. An update that waits for a
limit leaves its worker to others. The caller more than a person's share has workers and room of its own, so
that nobody else waits for them.

`receive()` makes it fast for the updates that this instance has stored. A query of PostgreSQL each second
makes it certain for the updates that a dead instance has left.
"""

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from msgspec import structs

from bot.dialog.update_context import UpdateContext, during_update
from bot.intake.fair_queue import LimitMessages, RecentUse, SendLimitMessage
from bot.intake.update_leases import FailingUpdates, StoredLeases, UpdateLeases, is_worth_waiting
from bot.intake.worker_pool import Leave, WorkerPool
from domain.alerts.traced import trace_of_update
from domain.errors import Unavailable
from runtime.clock import monotonic
from runtime.deadlines import Deadlines
from runtime.observability import metrics
from runtime.observability.logs import logged_as
from runtime.observability.traces import stage
from runtime.processes.lifecycle import Stop, nursery
from storage.chats.cached_chats import reading_once
from storage.chats.update_leases import LEASE_SECONDS, MAX_ATTEMPTS, UpdateLease
from storage.chats.updates import ReceivedUpdate, StoreResult

log = logging.getLogger(__name__)

WORKERS = 96
"""Concurrent workers; each handles one chat. They wait for servers, and for what goes into one statement,
for longer than they work: 32 of them answer a third less of a rush."""
MAX_WAITING_UPDATES = 200
"""Updates that wait for a limit or for Telegram, beside those that a worker has in progress."""
HEAVY_USER_WORKERS = 4
MAX_WAITING_HEAVY = 124
"""The same for those who ask more than a person's share."""
HANDLE_SECONDS = 25.0
"""How long one update may take; shorter than its lease."""
MAX_QUEUED_LEASED = WORKERS
"""With this many chats queued, or MAX_WAITING_UPDATES in progress, updates do not begin soon, and are stored
without leases, for any instance: whoever takes over a lease cannot know whether its owner has replied."""
FRESH_SECONDS = LEASE_SECONDS - HANDLE_SECONDS
"""A lease that waited for a worker for longer is taken again."""
BUSY_ELSEWHERE_SECONDS = 0.2
"""A chat that another instance works on is checked again after this long: that one may not have seen the
update that was stored here meanwhile."""
POLL_SECONDS = 1.0
ABANDONED_SECONDS = 2.0
"""An update that nobody works on for this long counts as left behind."""
MAX_ABANDONED_CHATS = 200
"""Chats found by one query."""
RETRY_SECONDS = 1.0
MAX_PAUSE_SECONDS = 60.0
DRAIN_SECONDS = 2.0
"""After the intake has ended, for so long at most what was stored here is still begun here: another instance
finds it only when it was left for longer than that."""

_done = metrics.updates_handled.labels("done")
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
        self.use = use or RecentUse()
        self._limit_messages = LimitMessages(
            tell_limited, lambda update: self._use_of(update.chat_id, update.user_id), leases.limit_messages
        )
        self._queued: set[int] = set()
        """Chats in the queue."""
        self._active: dict[int, bool] = {}
        """Chats that a worker handles, and whether a new update came meanwhile."""
        names = ("update worker", "worker of heavy users", "worker of newcomers")
        self._quiet, self._heavy, self._newcomers = map(self._pool, names)
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
        is_soon = len(self._queued) < MAX_QUEUED_LEASED and len(self._active) < MAX_WAITING_UPDATES
        return self._leases.owner if self._takes_leases and is_soon else None

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
        if chat_id in self._queued:
            return
        pool = self._pool_of(chat_id, user_id)
        if not pool.is_full:
            self._queued.add(chat_id)
            pool.put(chat_id, user_id)

    async def run(self, stop: Stop, *, closed: Stop | None = None, workers: int = WORKERS) -> None:
        """Work until the stop. Then finish the updates in progress and leave the rest to other instances.

        Args:
            stop: ends it.
            closed: set when nothing is received any more: what waits by then is begun, too, for a moment;
                None: what waits at the stop is left.
            workers: at most so many at once of the quiet, and as many of newcomers.
        """
        end = Stop()
        async with nursery(stop) as tasks:
            tasks.start_forever("abandoned updates", lambda: self._find_abandoned(stop))
            self._limit_messages.start(tasks, stop)
            self._quiet.start(tasks, end, slots=workers, more=MAX_WAITING_UPDATES)
            self._newcomers.start(tasks, end, slots=workers, more=MAX_WAITING_UPDATES)
            self._heavy.start(tasks, end, slots=HEAVY_USER_WORKERS, more=MAX_WAITING_HEAVY)
            self._takes_leases = True
            await stop.wait()
            if closed is not None:
                await closed.wait()
                await self._drain()
            self._takes_leases = False
            end.set()
            await self._idle.wait()

    async def leave(self) -> None:
        """Release the rest to other instances, once nothing is stored any more."""
        await self._leases.leave()

    async def _drain(self) -> None:
        """Let the workers begin what waits, and what follows it in the same chats."""
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while self._queued or self._active:  # noqa: ASYNC110 - once, at the end
                    await asyncio.sleep(0.01)

    def _pool(self, name: str) -> WorkerPool:
        return WorkerPool(name, self.use.own, self._claim)

    def _pool_of(self, chat_id: int, user_id: int) -> WorkerPool:
        if self.use.is_over_share(chat_id=chat_id, user_id=user_id, at=monotonic()):
            return self._heavy
        return self._newcomers if chat_id in self.use.newcomers else self._quiet

    async def _find_abandoned(self, stop: Stop) -> None:
        await self._leases.inherit()
        while not stop.is_set():
            chats = await self._leases.waiting(older_than=ABANDONED_SECONDS, limit=MAX_ABANDONED_CHATS)
            if unknown := self.use.newcomers.unknown(chats):
                await self.use.newcomers.learn(unknown)
            for chat_id in chats:
                self.enqueue(chat_id)
            await self._leases.close_pending()
            await stop.sleep(POLL_SECONDS)

    def _use_of(self, chat_id: int, user_id: int) -> Callable[[], float]:
        return functools.partial(self.use.of, chat_id=chat_id, user_id=user_id)

    async def _claim(self, chat_id: int, leave: Leave) -> None:
        """Yield the chat's update; afterwards the chat queues behind those that asked less."""
        self._queued.discard(chat_id)
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
                update_context = UpdateContext(leave=leave, use=use, copies=lease.copies, age=lease.age)
                with during_update(update_context), reading_once():
                    has_more = await self._handle_leased(lease, update_context)
        except Unavailable as error:
            log.warning("Chat %d waits for the next poll of PostgreSQL: %s", chat_id, error)
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
        """Handle one update; return whether the chat's next update may be taken now."""
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
        _done.inc()
        metrics.update_seconds.observe(lease.age + monotonic() - began)
        return has_more

    async def _try_later(self, lease: UpdateLease, error: Unavailable) -> bool:
        if self._failing.is_set_aside(lease.update_id, error):
            log.error("Update %d is set aside: %s", lease.update_id, error)
            return await self._give_up(lease, error, outcome="set aside")
        return await self._postpone(lease, error)

    async def _postpone(self, lease: UpdateLease, error: Unavailable) -> bool:
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
        """The update failed for good: tell the person, and let the chat's next update follow.

        While they cannot be told, it is handled again: for an hour, and while a server is away for all.
        """
        try:
            async with asyncio.timeout(HANDLE_SECONDS):
                await self._reply_failure(lease)
        except Exception as unanswered:
            if isinstance(unanswered, Unavailable) and is_worth_waiting(lease, unanswered):
                return await self._postpone(lease, unanswered)
            log.exception("No reply could say that update %d failed", lease.update_id)
        self._failing.forget(lease.update_id)
        has_more = await self._leases.finish(lease, error=f"{outcome}: {type(error).__name__}")
        metrics.updates_handled.labels(outcome).inc()
        return has_more


def _counted(lease: UpdateLease, update_context: UpdateContext) -> UpdateLease:
    """The lease with the copies of the reply that may have reached the chat by now."""
    return structs.replace(lease, copies=lease.copies + update_context.sent)
