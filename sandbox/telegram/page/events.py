"""Server-sent events for the chat page, resumable by the numbers of the ledger."""

import asyncio
from typing import Any

import msgspec
from aiohttp import web

from sandbox.telegram.chats.state import ServerState, TransientEvent
from sandbox.telegram.ledger import Entry

_MAX_BACKLOG = 2_000  # events that a slow reader may lag behind before its stream ends
_HEARTBEAT = 15.0  # seconds
_encode = msgspec.json.Encoder().encode


class EventStream:
    """The open event streams."""

    def __init__(self, state: ServerState) -> None:
        self._state = state
        self._readers: set[asyncio.Queue[bytes | None]] = set()
        state.ledger.listen(self._on_entry)
        state.listen_transient(self._on_transient_event)

    def close(self) -> None:
        """End all streams."""
        for reader in list(self._readers):
            self._end(reader)

    async def stream(self, request: web.BaseRequest) -> web.StreamResponse:
        """One stream: first the entries after Last-Event-ID, then new ones as they come."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        reader: asyncio.Queue[bytes | None] = asyncio.Queue(_MAX_BACKLOG)
        missed = self._missed(request)
        self._readers.add(reader)
        try:
            await response.prepare(request)
            await response.write(b"retry: 1000\n\n" + b"".join(missed))
            await self._pass_on(reader, response)
        except ConnectionError:
            pass  # the page was closed
        finally:
            self._readers.discard(reader)
        return response

    def _missed(self, request: web.BaseRequest) -> list[bytes]:
        since = request.headers.get("Last-Event-ID") or request.query.get("since", "")
        if not since.isdecimal():
            return []
        return [_event(entry) for entry in self._state.ledger.since(int(since))[-_MAX_BACKLOG:]]

    async def _pass_on(self, reader: asyncio.Queue[bytes | None], response: web.StreamResponse) -> None:
        while True:
            try:
                async with asyncio.timeout(_HEARTBEAT):
                    event = await reader.get()
            except TimeoutError:
                event = b": still here\n\n"
            if event is None:
                return
            await response.write(event)

    def _on_entry(self, entry: Entry) -> None:
        if self._readers:
            self._publish(_event(entry))

    def _on_transient_event(self, event: TransientEvent) -> None:
        if self._readers:
            content = {"kind": event.kind, "chat_id": event.chat_id, "detail": event.detail}
            self._publish(_framed(content))

    def _publish(self, event: bytes) -> None:
        for reader in list(self._readers):
            try:
                reader.put_nowait(event)
            except asyncio.QueueFull:
                self._end(reader)  # the page reconnects and asks for what it missed

    def _end(self, reader: asyncio.Queue[bytes | None]) -> None:
        self._readers.discard(reader)
        while reader.full():
            reader.get_nowait()
        reader.put_nowait(None)


def _event(entry: Entry) -> bytes:
    return b"id: %d\n" % entry.seq + _framed(entry)


def _framed(content: Any) -> bytes:
    return b"data: " + _encode(content) + b"\n\n"
