"""One open event stream: events since `Last-Event-ID`, then new ones, while access lasts.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from domain.access import Caller, Scope
from domain.errors import BadInput, Unavailable, WhaleWatcherError
from runtime.clock import monotonic
from services.access import AccessStore
from services.feed import AlertFeed
from storage.web.alert_feed import FeedCursor, is_after, is_ahead, parse_cursor
from web.callers import Callers
from web.feed.hub import Event, FeedHub, Subscription
from web.problems import problem_of
from web.quota import Quota

HEARTBEAT_SECONDS = 15.0
CHECK_SECONDS = 25.0
"""This often it is checked whether the reader may still read. What somebody is in a group is kept for half a
minute (services/members.py); the two together stay below a minute."""
RETRY_MS = 2_000
MAX_STREAMS = 10
"""Of one caller on one instance."""
MAX_CURSOR = 8_000
"""Characters of a Last-Event-ID."""
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_TYPE = "text/event-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """Opens streams."""

    hub: FeedHub
    feed: AlertFeed
    access: AccessStore
    callers: Callers
    quota: Quota

    async def open(self, request: Request) -> Response:
        """A stream of the alerts that the caller's chat wants."""
        try:
            caller = await self.callers.of(request)
            left = await self.quota.charge(caller)
            if left.wait or self.hub.streams_of(caller.name) >= MAX_STREAMS:
                return left.refusal()
            await self.access.allow(caller, Scope.READ)
            cursor, present = _cursor(request), await self.feed.present()
            if cursor is None or is_ahead(cursor, present):
                cursor = present
        except WhaleWatcherError as error:
            return problem_of(error)
        return StreamingResponse(self._events(request, caller, cursor), media_type=_TYPE, headers=_HEADERS)

    async def _events(self, request: Request, caller: Caller, cursor: FeedCursor) -> AsyncIterator[bytes]:
        try:
            async with self.hub.subscribed(caller.target, caller.name) as subscription:
                yield b"retry: %d\nid: %s\n\n" % (RETRY_MS, str(cursor).encode())
                async for event in self._missed(caller, cursor):
                    yield written(event)
                    cursor = event.entry.cursor
                async for part in self._appearing(request, caller, subscription, cursor):
                    yield part
        except WhaleWatcherError:
            return  # whoever reads opens it again, and is told then why not

    async def _missed(self, caller: Caller, cursor: FeedCursor) -> AsyncIterator[Event]:
        has_more = True
        while has_more:
            page = await self.feed.appeared(cursor, [caller.target.chat_id])
            entries = [one for one in page.entries if one.topic_id == caller.target.topic_id]
            alerts = await self.feed.published([one.record for one in entries])
            for entry, alert in zip(entries, alerts, strict=True):
                yield Event(entry=entry, body=msgspec.json.encode(alert))
            cursor, has_more = page.cursor, page.has_more

    async def _appearing(
        self, request: Request, caller: Caller, subscription: Subscription, cursor: FeedCursor
    ) -> AsyncIterator[bytes]:
        check_at = monotonic() + CHECK_SECONDS
        while True:
            try:
                async with asyncio.timeout(max(0.0, min(HEARTBEAT_SECONDS, check_at - monotonic()))):
                    event = await subscription.waiting.get()
            except TimeoutError:
                yield b": still here\n\n"
            else:
                if event is None:
                    return
                if is_after(cursor, event.entry.cursor):
                    yield written(event)
            if monotonic() >= check_at:
                check_at = monotonic() + CHECK_SECONDS
                if not await self._may_read(request, caller):
                    return

    async def _may_read(self, request: Request, caller: Caller) -> bool:
        """Return whether the session or the key still holds, and its person is still in the chat."""
        try:
            await self.callers.of(request)
            await self.access.allow(caller, Scope.READ)
        except Unavailable:
            return True  # nobody can say; it is checked again
        except WhaleWatcherError:
            return False
        return True


def written(event: Event) -> bytes:
    """An event as it goes over the wire; JSON has no line break in it."""
    return b"id: %s\nevent: alert\ndata: %s\n\n" % (str(event.entry.cursor).encode(), event.body)


def _cursor(request: Request) -> FeedCursor | None:
    text = request.headers.get("last-event-id") or request.query_params.get("after", "")
    if len(text) > MAX_CURSOR:
        raise BadInput("Last-Event-ID: this is no cursor of the feed.")
    return parse_cursor(text) if text else None
