"""One connection of the HTTP server: its requests must come in time, and only so many are open at once."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from runtime.observability import metrics

REQUEST_SECONDS = 15.0
"""From the first byte of a request to the last one of its body; from the start for a new connection."""
MAX_CONNECTIONS = 256
"""Of one server. One more ends the connection that makes it wait longest for its request."""
_RECEIVING = (h11.IDLE, h11.SEND_BODY)
"""States of a client that has not sent a whole request."""


class HttpConnection(H11Protocol):
    """A connection that ends when its request does not come in time: uvicorn would wait for ever."""

    deadline: asyncio.TimerHandle | None = None
    """When the request must be there; None: none is waited for, or only as long as a proxy keeps it idle."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request, if there is room."""
        super().connection_made(transport)
        self._wait_for_request()
        if len(self.connections) > MAX_CONNECTIONS:
            _slowest(self).end("refused")

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._have_request()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; the rest of a request must follow in time."""
        self._wait_for_request()
        super().data_received(data)
        if self.conn.their_state not in _RECEIVING:
            self._have_request()

    def end(self, reason: str) -> None:
        """End the connection at once."""
        metrics.http_connections_ended.labels(reason).inc()
        self._have_request()
        self.transport.abort()

    def _wait_for_request(self) -> None:
        if self.deadline is None:
            self.deadline = asyncio.get_running_loop().call_later(REQUEST_SECONDS, self.end, "slow")

    def _have_request(self) -> None:
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None


def _slowest(newest: HttpConnection) -> HttpConnection:
    """Whose request is waited for longest; the newest connection, if all others have sent theirs."""
    waiting = [
        (one.deadline.when(), number, one)
        for number, one in enumerate(cast("set[Any]", newest.connections))
        if isinstance(one, HttpConnection) and one.deadline is not None
    ]
    return min(waiting)[2] if waiting else newest
