"""A sink that remembers, a filter that can change, and a source between a local chain and them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from chain.rpc.errors import Rejected
from chain.stream.messages import PushedBlock, PushedTransaction
from chain.stream.source import SubscriptionFilter
from chain.stream.websocket_source import WebSocketConfig, WebSocketSource
from domain.backoff import Backoff
from runtime.settings.secret import Secret

QUICK = Backoff(first_wait=0.02, max_wait=0.1)


class RecordingSink:
    """Remembers what was pushed."""

    def __init__(self) -> None:
        self.transactions: list[PushedTransaction] = []
        self.slots: list[int] = []
        self.blocks: list[PushedBlock] = []
        self._pushed = asyncio.Event()

    def transaction(self, pushed: PushedTransaction) -> None:
        self.transactions.append(pushed)
        self._pushed.set()

    def slot(self, slot: int) -> None:
        self.slots.append(slot)
        self._pushed.set()

    def block(self, block: PushedBlock) -> None:
        self.blocks.append(block)
        self._pushed.set()

    @property
    def signatures(self) -> list[str]:
        return [pushed.signature for pushed in self.transactions]

    async def until(self, condition: Callable[[], bool], seconds: float = 10.0) -> None:
        async with asyncio.timeout(seconds):
            while not condition():
                self._pushed.clear()
                await self._pushed.wait()


class ChangingFilter:
    """A filter that can change."""

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
async def listening(
    url: str, updates: ChangingFilter, sink: RecordingSink, **settings: object
) -> AsyncIterator[WebSocketSource]:
    """A source that is live when the block begins, and cancelled when it ends."""
    config = WebSocketConfig(url=Secret(url), backoff=QUICK, **settings)  # type: ignore[arg-type]
    source = WebSocketSource(config)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(source.run(updates, sink))
        try:
            await sink.until(lambda: source.status.is_live)
            yield source
        finally:
            task.cancel()


def subscription_filter(wallets: Iterable[str], *accounts: str, version: int = 1) -> SubscriptionFilter:
    """A filter of these wallets and token accounts."""
    return SubscriptionFilter(wallets=frozenset(wallets), accounts=accounts, version=version)


class RecordingNode:
    """Stands where an `RpcConnection` stands and writes down what it is asked."""

    name = "node"

    def __init__(self, refuses: str = "", accepts: int = 1_000_000) -> None:
        self.asked: list[tuple[str, Any]] = []
        self._refuses = refuses
        self._accepts = accepts

    async def ask(self, method: str, params: Sequence[Any] = ()) -> msgspec.Raw:
        if method == self._refuses or self._refuses in repr(params[0]).split("'")[1::2]:
            raise Rejected("no", provider=self.name, code=-32602)
        if method == "logsSubscribe" and self.logs_subscriptions() >= self._accepts:
            raise Rejected("limit", provider=self.name, code=-32603)
        self.asked.append((method, params[0]))
        return msgspec.Raw(str(len(self.asked)).encode())

    def logs_subscriptions(self) -> int:
        return self.methods().count("logsSubscribe") - self.methods().count("logsUnsubscribe")

    def mentioned(self) -> list[str]:
        return [params["mentions"][0] for method, params in self.asked if method == "logsSubscribe"]

    def methods(self) -> list[str]:
        return [method for method, _ in self.asked]
