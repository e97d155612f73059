"""One connection of HTTP/1.1 that carries one request after the other, for an eighth of what aiohttp costs.

The parser is llhttp's; errors are aiohttp's. How many connections there are, and to whom, channels decide.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import cast

import aiohttp
import httptools

from runtime.clock import monotonic

Answer = tuple[int, bytes]  # status and body
MAX_HEAD_BYTES = 32 * 1024
"""Of an answer beside its body: heads, those of 1xx too, what frames chunks, and trailers."""


class NotConnected(aiohttp.ClientConnectionError):
    """No connection could be made; nothing was sent."""


class AnswerTooLong(aiohttp.ClientPayloadError):
    """The server answered more than it may."""


class HttpConnection(asyncio.Protocol):
    """One connection; the parser calls its methods that begin with `on_`.

    Args:
        max_bytes: a longer body is an error.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._idle_since = 0.0
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._answer: asyncio.Future[Answer] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._pieces: list[bytes] = []
        self._has_head = self._has_news = False
        self._left = 0
        self._head_left = 0
        self._end = 0.0

    @property
    def is_usable(self) -> bool:
        """Whether it can carry a call."""
        return self._answer is None and self._transport is not None

    @property
    def rested_seconds(self) -> float:
        """For how long it has rested: the longer, the sooner the server may close it."""
        return monotonic() - self._idle_since

    def rest(self) -> None:
        """Begin to rest."""
        self._idle_since = monotonic()

    async def ask(self, request: bytes, limits: aiohttp.ClientTimeout) -> Answer:
        """Send a request and wait for its answer; afterwards it is usable, unless it was closed.

        Raises:
            aiohttp.ClientError, TimeoutError: it may have been carried out.
        """
        if self._transport is None:
            raise NotConnected("the connection was closed")
        self._answer = self._loop.create_future()
        self._pieces, self._left, self._has_head = [], self._max_bytes, False
        self._head_left = MAX_HEAD_BYTES
        self._end = monotonic() + (limits.total or 0.0)
        self._watch(limits.sock_read or 0.0)
        self._transport.write(request)
        try:
            return await self._answer
        except asyncio.CancelledError:
            self.close()
            raise
        finally:
            self._answer = None
            if self._timer is not None:
                self._timer.cancel()

    @property
    def status(self) -> int | None:
        """Of the answer, once its head is there; None: it is not."""
        return self._parser.get_status_code() if self._has_head else None

    def close(self) -> None:
        """Close it at once."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """What came of an answer is the answer: where its end tells, its reader knows that it is cut."""
        self._transport = None
        if self._has_head:
            self._deliver()
        else:
            self._fail(aiohttp.ServerDisconnectedError() if exc is None else aiohttp.ClientOSError(*exc.args))

    def data_received(self, data: bytes) -> None:
        """Read on; what nobody has asked for makes the connection useless."""
        self._has_news = True
        if self._answer is None:
            self.close()
            return
        try:
            while data and self._transport is not None:
                data = self._feed(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._fail(aiohttp.ClientPayloadError("the answer is no HTTP"))

    def _feed(self, data: bytes) -> bytes:
        """Read as much as may be no body; what is left of it."""
        if self._head_left <= 0:
            self._fail(AnswerTooLong("the head of the answer is too long"))
            return b""
        piece, rest = data[: self._head_left], data[self._head_left :]
        self._head_left -= len(piece)
        self._parser.feed_data(piece)
        return rest

    def on_message_begin(self) -> None:
        """What comes after an answer was not asked for."""
        if self._answer is None or self._answer.done():
            self.close()

    def on_headers_complete(self) -> None:
        """The status is known."""
        self._has_head = True

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._left -= len(body)
        # The body itself is given back, and as much again for what frames its chunks.
        self._head_left = min(self._head_left + 2 * len(body), MAX_HEAD_BYTES)
        if self._left < 0:
            self._fail(AnswerTooLong("the answer is too long"))
        else:
            self._pieces.append(body)

    def on_message_complete(self) -> None:
        """The answer is whole; a status of 1xx announces another one."""
        if self._parser.get_status_code() < HTTPStatus.OK:
            self._has_head, self._pieces = False, []
            return
        self._deliver()
        if not self._parser.should_keep_alive():
            self.close()

    def _deliver(self) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((self._parser.get_status_code(), b"".join(self._pieces)))

    def _fail(self, error: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)
        self.close()

    def _watch(self, seconds: float) -> None:
        """Give up when nothing has come for this long, or at the end of the whole time."""
        self._has_news = False
        self._timer = self._loop.call_later(seconds, self._peek, seconds)

    def _peek(self, seconds: float) -> None:
        if self._has_news and monotonic() < self._end:
            self._watch(seconds)
        else:
            self._fail(aiohttp.SocketTimeoutError("the answer does not come"))
