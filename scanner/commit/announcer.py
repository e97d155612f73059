"""After a commit: wakes the dispatcher, and drops what caches hold of the wallets that acted.

At the first sight of a mint the dispatcher waits a moment for the mint's name.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection
from typing import Protocol

from domain.activity.activity import SOL
from runtime.processes.lifecycle import Nursery

log = logging.getLogger(__name__)

FIRST_SIGHT_SECONDS = 0.3
"""How long an alert may wait for the name of a token that was never seen before."""
MAX_WAITING = 200
"""Announcements that wait for names at the same time; beyond, names come later."""


class TokenNames(Protocol):
    """Knows what tokens are called."""

    def knows(self, mint: str) -> bool:
        """Whether asking is of no use: it is known, or was asked for lately."""

    async def learn(self, mints: frozenset[str]) -> None:
        """Find out and remember; that a server is away is no error."""


Forget = Callable[[Collection[str]], Awaitable[None]]
"""Drops what caches hold of these wallets; that Redis is away is no error."""


class ChannelAnnouncer:
    """Wakes at once for what needs no look-up, and for the rest within `FIRST_SIGHT_SECONDS`.

    One loop publishes, so that a hanging Redis never holds up who announces; wake-ups that come
    meanwhile are one wake-up.
    """

    def __init__(
        self, publish: Callable[[], Awaitable[object]], forget: Forget, names: TokenNames, tasks: Nursery
    ) -> None:
        """Build it.

        Args:
            publish: wakes the dispatcher.
            forget: drops what caches hold of wallets.
            names: what tokens are called.
            tasks: in which names are waited for.
        """
        self._publish = publish
        self._forget = forget
        self._acted: set[str] = set()
        self._names = names
        self._tasks = tasks
        self._due = asyncio.Event()

    async def run(self) -> None:
        """Publish what is due, for ever."""
        while True:
            await self._due.wait()
            self._due.clear()
            await self._publish()
            acted, self._acted = self._acted, set()
            await self._forget(acted)

    def announce(self, mints: frozenset[str], wallets: frozenset[str]) -> None:
        """New alerts about these mints and wallets stand in PostgreSQL."""
        self._acted |= wallets
        new = frozenset(mint for mint in mints if mint != SOL and not self._names.knows(mint))
        if not new or len(self._tasks) > MAX_WAITING:
            self._due.set()
        else:
            self._tasks.start("first sight of a mint", self._after_names(new))

    async def _after_names(self, mints: frozenset[str]) -> None:
        learned = asyncio.Event()
        self._tasks.start("token names", self._learn(mints, learned))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FIRST_SIGHT_SECONDS):
                await learned.wait()
        self._due.set()

    async def _learn(self, mints: frozenset[str], learned: asyncio.Event) -> None:
        try:
            await self._names.learn(mints)
        except Exception:
            log.exception("Names of tokens cannot be learned")  # a name never stops the scanner
        finally:
            learned.set()
