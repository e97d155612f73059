"""A sink that remembers, a set of wallets that can change, and a stream between a local chain and them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from chain.stream.messages import Hint
from chain.stream.stream import Stream, StreamConfig
from chain.stream.subscriptions import Wish
from runtime.processes.backoff import Backoff
from runtime.settings.secret import Secret

QUICK = Backoff(first=0.02, longest=0.1)


class Ear:
    """Remembers what was said."""

    def __init__(self) -> None:
        self.hints: list[Hint] = []
        self.slots: list[int] = []
        self._said = asyncio.Event()

    def hint(self, hint: Hint) -> None:
        self.hints.append(hint)
        self._said.set()

    def slot(self, slot: int) -> None:
        self.slots.append(slot)
        self._said.set()

    @property
    def signatures(self) -> list[str]:
        return [hint.signature for hint in self.hints]

    async def until(self, condition: Callable[[], bool], seconds: float = 10.0) -> None:
        async with asyncio.timeout(seconds):
            while not condition():
                self._said.clear()
                await self._said.wait()


class Wallets:
    """A set that can change."""

    def __init__(self, *wallets: str) -> None:
        self.wish = Wish(wallets=frozenset(wallets))
        self._change = asyncio.Event()

    def become(self, *wallets: str, accounts: tuple[str, ...] = (), version: int = 1) -> None:
        self.wish = Wish(wallets=frozenset(wallets), accounts=accounts, version=version)
        self._change.set()
        self._change = asyncio.Event()

    async def changed(self, since: Wish) -> None:
        while self.wish is since:
            await self._change.wait()


@asynccontextmanager
async def listening(url: str, wallets: Wallets, ear: Ear, **settings: object) -> AsyncIterator[Stream]:
    """A stream that is live when the block begins, and cancelled when it ends."""
    stream = Stream(StreamConfig(url=Secret(url), backoff=QUICK, **settings))  # type: ignore[arg-type]
    async with asyncio.TaskGroup() as group:
        task = group.create_task(stream.run(wallets, ear))
        try:
            await ear.until(lambda: stream.live)
            yield stream
        finally:
            task.cancel()
