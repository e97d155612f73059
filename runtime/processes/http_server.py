"""The one way in which the product serves HTTP: an ASGI application on uvicorn, with our limits.

The requests of a connection must come in time, and only so many connections are open at once. An application
may take requests as a whole, which costs a fraction of the turns that ASGI takes (`whole_requests.py`).
"""

from __future__ import annotations

import asyncio
import functools
import logging
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from runtime.observability import metrics
from runtime.processes.whole_requests import WholeRequest, WholeRequestApplication, response

log = logging.getLogger(__name__)
REQUEST_SECONDS = 15.0
"""From the first byte of a request to the last one of its body; from the start for a new connection."""
MAX_CONNECTIONS = 256
"""Of one server. One more ends the connection that has been without a request for longest."""
MAX_HEAD_BYTES = 64 * 1024
"""Of a request without its body."""
LOOPBACK = "127.0.0.1"
KEEP_ALIVE_SECONDS = 75
"""Longer than proxies keep idle connections, so that the proxy closes them first."""
GRACE_SECONDS = 4
"""At the stop, requests in progress may take this long."""
MAX_WAITING_CONNECTIONS = 1024


class HttpConnection(HttpToolsProtocol):
    """A connection that ends when its request does not come in time: uvicorn would wait forever.

    Args:
        args: of uvicorn.
        max_connections: connections of this server at once; None: `MAX_CONNECTIONS`.
        kwargs: of uvicorn.
    """

    def __init__(self, *args: Any, max_connections: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.max_connections = MAX_CONNECTIONS if max_connections is None else max_connections

    deadline: asyncio.TimerHandle | None = None
    """When the request must be there; None: none is waited for, or only as long as a proxy keeps it idle."""
    idle_since: float | None = None
    """Since when no whole request has come, by the loop's clock; None: one is in progress."""
    is_whole: bool = False
    """The last request that began has come as a whole."""
    head_bytes: int = 0
    """What has come of a request whose head is not complete."""
    takes_whole: WholeRequestApplication | None = None
    """The application, if it takes requests as a whole."""
    rest: asyncio.TimerHandle | None = None
    """When to see whether it has been idle for too long, after requests that were taken as a whole."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request, if there is room."""
        super().connection_made(transport)
        self.idle_since = self.loop.time()
        self.takes_whole = self.app if isinstance(self.app, WholeRequestApplication) else None
        self._wait_for_request()
        if len(self.connections) > self.max_connections:
            _longest_idle(self).end("refused")

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._have_request()
        if self.rest is not None:
            self.rest.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; the rest of a request must follow in time."""
        self.head_bytes += len(data)
        super().data_received(data)
        if self.is_whole:
            self._have_request()
            if self.cycle.response_complete:
                self.idle_since = self.loop.time()
        elif self.head_bytes > MAX_HEAD_BYTES:
            self.end("slow")
        else:
            self._wait_for_request()

    def on_message_begin(self) -> None:
        """A request begins; what ASGI needs of it is made only if it goes that way."""
        self.is_whole = False
        self.url, self.headers, self.expect_100_continue = b"", [], False

    def on_headers_complete(self) -> None:
        """Its head has come; what it says decides about the rest."""
        if self._is_taken_whole():
            taken: Any = WholeRequest()
            self.cycle = taken
        else:
            url, headers, expects = self.url, self.headers, self.expect_100_continue
            super().on_message_begin()
            self.url, self.expect_100_continue = url, expects
            self.headers += headers
            super().on_headers_complete()
        self.head_bytes = -(2**62)

    def on_body(self, body: bytes) -> None:
        """A piece of its body; what is taken as a whole is as long as it said, and waits for nobody."""
        request: object = self.cycle
        if isinstance(request, WholeRequest):
            request.add(body)
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """All of it has come."""
        super().on_message_complete()
        self.is_whole, self.head_bytes = True, 0
        request: object = self.cycle
        if isinstance(request, WholeRequest) and self.takes_whole is not None:
            self._take(self.takes_whole, request)

    def on_response_complete(self) -> None:
        """Wait for the next request; one that came meanwhile is in progress already."""
        request: object = self.cycle
        if isinstance(request, WholeRequest) and not self.pipeline and not self.transport.is_closing():
            self._rest()
        else:
            super().on_response_complete()
        if self.cycle.response_complete:
            self.idle_since = self.loop.time()

    def end(self, reason: str) -> None:
        """End the connection at once."""
        metrics.http_connections_ended.labels(reason).inc()
        self._have_request()
        self.transport.abort()

    def _rest(self) -> None:
        """Keep the connection for the next request; one timer serves many requests."""
        if self.rest is None:
            self.rest = self.loop.call_later(self.timeout_keep_alive, self._end_rest)

    def _end_rest(self) -> None:
        """End the connection if no request came for too long, else wait for the rest of that time."""
        self.rest = None
        if self.idle_since is None or self.deadline is not None:
            return  # the answer to the request that is in progress, or comes, begins the next rest
        left = self.idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self.rest = self.loop.call_later(left, self._end_rest)
        else:
            self.timeout_keep_alive_handler()

    def _is_taken_whole(self) -> bool:
        """Whether the application takes the request that begins: a plain one, with no other before it."""
        parser = self.parser
        before: Any = self.cycle
        return (
            self.takes_whole is not None
            and (before is None or before.response_complete)
            and not self.expect_100_continue
            and parser.get_http_version() == "1.1"
            and parser.should_keep_alive()
            and not parser.should_upgrade()
            and self.takes_whole.takes(parser.get_method(), self.url, self.headers)
        )

    def _take(self, application: WholeRequestApplication, request: WholeRequest) -> None:
        answer = functools.partial(self._answer, request)
        try:
            application.take(bytes(request.body), answer)
        except Exception:
            log.exception("A request failed")
            answer(500, "Internal Server Error")

    def _answer(
        self, request: WholeRequest, status: int, text: str = "", *headers: tuple[bytes, bytes]
    ) -> None:
        """Answer a request, once; one whose sender is gone needs none."""
        if request.response_complete or request.disconnected or self.transport.is_closing():
            return
        self.transport.write(response(status, text, headers, keep_alive=request.keep_alive))
        request.end()
        if not request.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def _wait_for_request(self) -> None:
        if self.deadline is None:
            self.deadline = self.loop.call_later(REQUEST_SECONDS, self.end, "slow")

    def _have_request(self) -> None:
        self.idle_since = None
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None


def _longest_idle(newest: HttpConnection) -> HttpConnection:
    """Which has been without a request for longest; the newest one, if all others have one in progress."""
    idle = [
        (one.idle_since, number, one)
        for number, one in enumerate(cast("set[Any]", newest.connections))
        if isinstance(one, HttpConnection) and one.idle_since is not None and one is not newest
    ]
    return min(idle)[2] if idle else newest


class _Server(uvicorn.Server):
    """uvicorn without its loop and its signal handlers: the program handles signals.

    The loop sets headers that we do not send and counts requests that we do not limit, ten times a second.
    """

    async def open(self, listening: socket.socket) -> None:
        """Accept connections."""
        self.config.load()
        self.lifespan = self.config.lifespan_class(self.config)
        await self.startup([listening])

    async def close(self, listening: socket.socket) -> None:
        """Accept no more connections, and answer the requests in progress."""
        await self.shutdown([listening])


@asynccontextmanager
async def http_server(
    application: ASGIApp, *, host: str, port: int, max_connections: int | None = None
) -> AsyncIterator[None]:
    """Serve while the block runs, then answer the requests in progress for a few seconds more.

    Args:
        application: what answers.
        host: the address to listen on.
        port: on that address.
        max_connections: connections at once; None: `MAX_CONNECTIONS`.

    Raises:
        OSError: the port is taken.
    """
    with _listening(host, port) as listening:
        server = _Server(_config(application, max_connections))
        await server.open(listening)
        try:
            yield
        finally:
            await server.close(listening)


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=MAX_WAITING_CONNECTIONS)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise OSError(error.errno, f"cannot listen on port {port}: {reason}") from error


def _config(application: ASGIApp, max_connections: int | None) -> uvicorn.Config:
    connection = functools.partial(HttpConnection, max_connections=max_connections)
    return uvicorn.Config(
        application,
        http=cast("type[asyncio.Protocol]", connection),
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        backlog=MAX_WAITING_CONNECTIONS,
    )
