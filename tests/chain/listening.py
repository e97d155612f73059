"""A sink that remembers, a set of wallets that can change, and a stream between a local chain and them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from chain.stream.messages import PushedTransaction
from chain.stream.stream import Stream, StreamConfig
from chain.stream.subscriptions import SubscriptionFilter
from runtime.processes.backoff import Backoff
from runtime.settings.secret import Secret

QUICK = Backoff(first_wait=0.02, max_wait=0.1)


class Ear:
    """Remembers what was said."""

    def __init__(self) -> None:
        self.pushed_transactions: list[PushedTransaction] = []
        self.slots: list[int] = []
        self._said = asyncio.Event()

    def transaction(self, pushed: PushedTransaction) -> None:
        self.pushed_transactions.append(pushed)
        self._said.set()

    def slot(self, slot: int) -> None:
        self.slots.append(slot)
        self._said.set()

    @property
    def signatures(self) -> list[str]:
        return [pushed.signature for pushed in self.pushed_transactions]

    async def until(self, condition: Callable[[], bool], seconds: float = 10.0) -> None:
        async with asyncio.timeout(seconds):
            while not condition():
                self._said.clear()
                await self._said.wait()


class Wallets:
    """A set that can change."""

    def __init__(self, *wallets: str) -> None:
        self.subscription_filter = SubscriptionFilter(wallets=frozenset(wallets))
        self._change = asyncio.Event()

    def become(self, *wallets: str, accounts: tuple[str, ...] = (), version: int = 1) -> None:
        self.subscription_filter = SubscriptionFilter(
            wallets=frozenset(wallets), accounts=accounts, version=version
        )
        self._change.set()
        self._change = asyncio.Event()

    async def changed(self, since: SubscriptionFilter) -> None:
        while self.subscription_filter is since:
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
