"""Reads new alerts once for all open streams of this instance, and gives each stream its own.

A wake-up makes it fast; without Redis it looks once a second. Nothing is remembered: a stream that is behind
ends, and continues from its cursor when it is opened again, here or on another instance.
"""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import msgspec

from domain.chats import ChatTarget
from domain.errors import Unavailable
from runtime.clock import monotonic, now
from runtime.observability import metrics
from runtime.processes.lifecycle import Stop
from services.feed import AlertFeed
from storage.coordination.wake_ups import WakeUps
from storage.web.alert_feed import FeedCursor, FeedEntry

log = logging.getLogger(__name__)
POLL_SECONDS = 1.0
PAUSE_SECONDS = 0.05
"""Between two readings: what appears meanwhile is read together."""
MAX_WAITING = 1_000
"""Events of one stream; a reader that is further behind is sent away, and comes back to its cursor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One alert, ready to be written."""

    entry: FeedEntry
    body: bytes
    """The alert as JSON."""


@dataclass(slots=True, kw_only=True, eq=False)
class Subscription:
    """One open stream."""

    target: ChatTarget
    waiting: asyncio.Queue[Event | None] = field(default_factory=lambda: asyncio.Queue(MAX_WAITING + 1))
    """None: the stream ends."""
    is_over: bool = False

    def put(self, event: Event) -> None:
        """Hand it an event; a stream that does not read ends."""
        if self.is_over or self.target.topic_id != event.entry.topic_id:
            return
        if self.waiting.qsize() >= MAX_WAITING:
            self.end()
        else:
            self.waiting.put_nowait(event)

    def end(self) -> None:
        """Hand it nothing more."""
        if not self.is_over:
            self.is_over = True
            self.waiting.put_nowait(None)


class FeedHub:
    """The streams of this instance.

    Args:
        feed: reads alerts.
        listen: a new listener for wake-ups.
    """

    def __init__(self, feed: AlertFeed, listen: Callable[[], WakeUps]) -> None:
        self._feed = feed
        self._listen = listen
        self._streams: dict[int, set[Subscription]] = defaultdict(set)
        self._callers: Counter[str] = Counter()
        self._reading = asyncio.Lock()
        self._cursor: FeedCursor | None = None
        """Everything up to it was handed out; None: nobody listens."""

    async def run(self, stop: Stop) -> None:
        """Hand out what appears until the stop; then every stream ends."""
        listener = self._listen()
        try:
            await self._run(listener, stop)
        finally:
            for subscription in [one for streams in self._streams.values() for one in streams]:
                subscription.end()
            await listener.close()

    def streams_of(self, caller: str) -> int:
        """Return how many streams somebody has open here."""
        return self._callers[caller]

    @asynccontextmanager
    async def subscribed(self, target: ChatTarget, caller: str = "") -> AsyncIterator[Subscription]:
        """A stream of what this chat and topic wants, from a moment before this returns.

        Whoever then reads what was missed leaves nothing out: no reading is under way that began without this
        stream, and could have gone beyond what it reads itself.

        Raises:
            Unavailable: PostgreSQL does not answer.
        """
        subscription = Subscription(target=target)
        async with self._reading:
            if self._cursor is None:
                self._cursor = await self._feed.present()
            self._streams[target.chat_id].add(subscription)
        metrics.feed_streams.inc()
        self._callers[caller] += 1
        try:
            yield subscription
        finally:
            metrics.feed_streams.dec()
            self._callers -= Counter([caller])
            self._streams[target.chat_id].discard(subscription)
            if not self._streams[target.chat_id]:
                del self._streams[target.chat_id]

    async def _run(self, listener: WakeUps, stop: Stop) -> None:
        while not stop.is_set():
            began = monotonic()
            try:
                async with self._reading:
                    await self._read()
            except Unavailable as error:
                log.warning("The feed waits: %s", error)
                await stop.sleep(POLL_SECONDS)
                continue
            await stop.sleep(max(0.0, began + PAUSE_SECONDS - monotonic()))
            await listener.wait(POLL_SECONDS)

    async def _read(self) -> None:
        """Hand out what appeared since the cursor, and move it."""
        if not self._streams:
            self._cursor = None
        while self._cursor is not None:
            page = await self._feed.appeared(self._cursor, [*self._streams])
            self._cursor = page.cursor
            await self._hand_out(page.entries)
            if not page.has_more:
                return

    async def _hand_out(self, entries: Sequence[FeedEntry]) -> None:
        if not entries:
            return
        alerts = await self._feed.published([entry.record for entry in entries])
        for entry, alert in zip(entries, alerts, strict=True):
            metrics.feed_seconds.observe(max(0.0, (now() - entry.record.created_at).total_seconds()))
            event = Event(entry=entry, body=msgspec.json.encode(alert))
            for subscription in [*self._streams.get(entry.chat_id, ())]:
                subscription.put(event)
