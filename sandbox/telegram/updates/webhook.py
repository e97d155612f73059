"""Pushes updates to a bot's webhook as Telegram's own server does.

Updates of one queue are pushed one at a time; different queues run concurrently, up to `max_connections`.
Any 2xx delivers an update. After any other answer the first retry follows at once and the next after 2, 4,
8… seconds, up to a random limit between 60 and 120; a Retry-After header of up to an hour is honoured. If
nothing succeeds for ten seconds, one connection remains until something does. A webhook that answers 410
for 23 hours is closed.
"""

import asyncio
import heapq
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from itertools import count

import aiohttp

from sandbox.telegram.faults import Fault, FaultKind, Faults
from sandbox.telegram.updates.update_queue import Update, UpdateQueue

_FAILING_SECONDS = 10.0  # seconds without success after which one connection remains
_GONE_LIFE = 23 * 3_600.0
_MAX_RETRY_AFTER_SECONDS = 3_600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """What setWebhook asked for."""

    url: str
    secret_token: str = ""
    max_connections: int = 40
    ip_address: str = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class _PendingUpdate:
    """An update and the state of its delivery."""

    update: Update
    wake_at: float  # monotonic seconds
    delay: float = 1.0
    fails: int = 0
    is_duplicate: bool = False  # a copy that a fault made: the update queue does not know it


@dataclass(frozen=True, slots=True, kw_only=True)
class PushTiming:
    """How long a pusher waits; `base` scales its own waits, but not Retry-After, so that tests are quick."""

    base: float
    timeout: float  # seconds one request may take


@dataclass(frozen=True, slots=True, kw_only=True)
class PushError:
    """The last failure, as getWebhookInfo reports it."""

    at: int  # unix seconds
    message: str


@dataclass(slots=True)
class WebhookPusher:
    """Delivers one bot's updates to one webhook, until cancelled."""

    webhook: Webhook
    update_queue: UpdateQueue
    faults: Faults
    timing: PushTiming
    execute: Callable[[bytes, str], Awaitable[None]]  # a method in the answer body, with its content type
    last_error: PushError | None = None
    closed: bool = False  # by 410
    _queues: dict[tuple[str, int], deque[_PendingUpdate]] = field(default_factory=dict)
    _due: list[tuple[float, int, tuple[str, int]]] = field(default_factory=list)
    _sequence: "count[int]" = field(default_factory=count)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _in_flight: int = 0
    _last_success: float = float("-inf")
    _failing: bool = False
    _gone_since: float | None = None  # monotonic seconds of the first 410 in a row

    async def run(self, session: aiohttp.ClientSession) -> None:
        """Push queued and new updates; return only if 410 has closed the webhook."""
        for update in self.update_queue.pending():
            self.post(update)
        async with asyncio.TaskGroup() as sends:
            while not self.closed:
                self._start_due(sends, session)
                await self._wait_for_work()

    def post(self, update: Update) -> None:
        """Deliver an update after the earlier ones of its queue."""
        pending = _PendingUpdate(update=update, wake_at=time.monotonic())
        fault = self.faults.take_update(update.queue[1]) if self.faults else None
        if fault is None:
            self._enqueue(update.queue, pending)
        else:
            self._enqueue_with_fault(pending, fault)

    def _enqueue_with_fault(self, pending: _PendingUpdate, fault: Fault) -> None:
        queue = pending.update.queue
        if fault.fault is FaultKind.DUPLICATE_UPDATE:
            self._enqueue(("duplicate", next(self._sequence)), replace(pending, is_duplicate=True))
            self._enqueue(queue, pending)
            return
        # The next update of the chat overtakes only an update that stands in a queue of its own.
        overtaken = fault.fault is FaultKind.REORDER_UPDATE
        late = replace(pending, wake_at=pending.wake_at + fault.seconds)
        self._enqueue(("late", next(self._sequence)) if overtaken else queue, late)

    def _enqueue(self, key: tuple[str, int], pending: _PendingUpdate) -> None:
        queue = self._queues.setdefault(key, deque())
        queue.append(pending)
        if len(queue) == 1:
            self._schedule(key, pending)

    def _schedule(self, key: tuple[str, int], pending: _PendingUpdate) -> None:
        heapq.heappush(self._due, (pending.wake_at, next(self._sequence), key))
        self._wake.set()

    def _connections(self, now: float) -> int:
        quiet = self._failing and now - self._last_success > _FAILING_SECONDS * self.timing.base
        return 1 if quiet else self.webhook.max_connections

    def _start_due(self, sends: asyncio.TaskGroup, session: aiohttp.ClientSession) -> None:
        now = time.monotonic()
        while self._due and self._due[0][0] <= now and self._in_flight < self._connections(now):
            key = heapq.heappop(self._due)[2]
            self._in_flight += 1
            sends.create_task(self._send(session, key))

    async def _wait_for_work(self) -> None:
        """Wait until an update is posted or answered, or the next retry is due."""
        now = time.monotonic()
        blocked = not self._due or self._in_flight >= self._connections(now)
        pause = 60.0 if blocked else max(self._due[0][0] - now, 0.0)
        try:
            async with asyncio.timeout(pause):
                await self._wake.wait()
        except TimeoutError:
            pass
        self._wake.clear()

    async def _send(self, session: aiohttp.ClientSession, key: tuple[str, int]) -> None:
        pending = self._queues[key][0]
        try:
            error, retry_after = await self._post_once(session, pending.update)
        except (TimeoutError, aiohttp.ClientError, OSError) as failure:
            error, retry_after = _error_text(failure), 0.0
        finally:
            self._in_flight -= 1
        now = time.monotonic()
        if error is None:
            self._last_success, self._failing = now, False
            self._gone_since = None
            self._finish(key, pending)
        else:
            self._failing = True
            self.last_error = PushError(at=int(time.time()), message=error)
            self._retry(key, pending, retry_after, now)
        self._wake.set()

    async def _post_once(self, session: aiohttp.ClientSession, update: Update) -> tuple[str | None, float]:
        """Push once; return the error (None: delivered) and the seconds that Retry-After asks for."""
        headers = {"Content-Type": "application/json"}
        if self.webhook.secret_token:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self.webhook.secret_token
        timeout = aiohttp.ClientTimeout(total=self.timing.timeout)
        async with session.post(
            self.webhook.url,
            data=update.body,
            headers=headers,
            allow_redirects=False,
            timeout=timeout,
            ssl=False,  # certificates made on this machine will do here; the real server wants valid ones
        ) as response:
            body = await response.read()
            if 200 <= response.status <= 299:  # noqa: PLR2004 - the class of success
                if body:
                    await self.execute(body, response.content_type)
                return None, 0.0
            self._note_gone(response.status)
            complaint = f"Wrong response from the webhook: {response.status} {response.reason}"
            return complaint, _retry_after(response.headers.get("Retry-After", ""))

    def _note_gone(self, status: int) -> None:
        if status != 410:  # noqa: PLR2004 - Gone
            self._gone_since = None
            return
        now = time.monotonic()
        if self._gone_since is None:
            self._gone_since = now
        elif now - self._gone_since > _GONE_LIFE * self.timing.base:
            self.closed = True

    def _finish(self, key: tuple[str, int], pending: _PendingUpdate) -> None:
        queue = self._queues[key]
        queue.popleft()
        if not pending.is_duplicate:
            self.update_queue.forget(pending.update.update_id)
        if queue:
            self._schedule(key, queue[0])
        else:
            del self._queues[key]

    def _retry(self, key: tuple[str, int], pending: _PendingUpdate, retry_after: float, now: float) -> None:
        wait, delay = retry_after, pending.delay
        if retry_after == 0 and pending.fails > 0:
            max_delay = random.uniform(60.0, 120.0)  # noqa: S311 - spreads retries, keeps no secret
            delay = min(max_delay, delay * 2)
            wait = delay * self.timing.base
        if time.time() + wait > pending.update.expires_at:
            self._finish(key, pending)
            return
        retried = replace(pending, wake_at=now + wait, delay=delay, fails=pending.fails + 1)
        self._queues[key][0] = retried
        self._schedule(key, retried)


def _retry_after(header: str) -> float:
    return min(float(header), _MAX_RETRY_AFTER_SECONDS) if header.isdecimal() else 0.0


def _error_text(failure: Exception) -> str:
    """Telegram's words for a failed connection."""
    if isinstance(failure, TimeoutError):
        return "Read timeout expired"
    if isinstance(failure, aiohttp.ClientConnectorError):
        return "Connection refused"
    return "Webhook connection closed"
