"""The one way in which the product serves HTTP: an ASGI application on uvicorn, with our limits."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

from runtime.processes.http_connection import HttpConnection

LOOPBACK = "127.0.0.1"
KEEP_ALIVE_SECONDS = 75
"""Longer than proxies keep idle connections, so that the proxy closes them first."""
GRACE_SECONDS = 4
"""At the stop, requests in hand may take this long."""
MAX_WAITING_CONNECTIONS = 1024


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
        """Accept no more connections, and answer the requests in hand."""
        await self.shutdown([listening])


@asynccontextmanager
async def http_server(application: ASGIApp, *, host: str, port: int) -> AsyncIterator[None]:
    """Serve while the block runs, then answer the requests in hand for a few seconds more.

    Args:
        application: what answers.
        host: the address to listen on.
        port: on that address.

    Raises:
        OSError: the port is taken.
    """
    with _listening(host, port) as listening:
        server = _Server(_config(application))
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


def _config(application: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        http=HttpConnection,
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        backlog=MAX_WAITING_CONNECTIONS,
    )
