"""Restarts an embedded server whenever it dies, on the same port."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from domain.backoff import Backoff
from runtime.embedded.engine import EmbeddedError

MAX_TRIES = 6
"""Starts one after the other that may fail: a server that was killed may be killed again as it recovers."""
PAUSE_SECONDS = 1.0
"""Before the second of them, each further pause twice as long; and after a start, before the next death."""


class Server(Protocol):
    """An embedded server, as `EmbeddedServer`."""

    @property
    def url(self) -> str:
        """Where it listens."""

    @property
    def log(self) -> object:
        """Where it writes."""

    async def start(self) -> None:
        """Start it; EmbeddedError: it does not start."""

    async def died(self) -> int:
        """The exit code, when it has ended."""


async def keep_server(name: str, server: Server, report: Callable[[str], object]) -> None:
    """Start a server again when it dies until cancelled.

    Args:
        name: of the server, for people.
        server: that runs.
        report: tells the operator.

    Raises:
        EmbeddedError: it does not start any more, or lost its port to another program.
    """
    while True:
        code, url = await server.died(), server.url
        report(f"{name} ended with code {code}; it is started again (log: {server.log})")
        await _start_again(server, report)
        if server.url != url:
            raise EmbeddedError(f"{name} lost its port to another program. Start again.")
        await asyncio.sleep(PAUSE_SECONDS)


async def _start_again(server: Server, report: Callable[[str], object]) -> None:
    for number in range(MAX_TRIES - 1):
        try:
            return await server.start()
        except EmbeddedError as error:
            report(f"{error} It is tried again.")
            await asyncio.sleep(Backoff(first_wait=PAUSE_SECONDS).ceiling(number + 1))
    return await server.start()
