"""A node's live stream: fast, never complete. One socket per provider, opened anew whenever it is lost.

What it brings are hints; the reconciliation by blocks finds what it leaves out.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from chain.rpc.errors import Rejected
from chain.rpc.urls import host_name
from chain.stream.connection import RpcConnection, Sink, StreamClosed, to_nobody
from chain.stream.messages import PushedBlock
from chain.stream.subscriptions import (
    SUBSCRIPTIONS,
    BlockSubscribe,
    LogsSubscribe,
    SlotSubscribe,
    SubscriptionFilter,
    SubscriptionMethod,
    TransactionSubscribe,
)
from runtime.clock import monotonic
from runtime.observability.metrics import ingest_reconnects
from runtime.processes.backoff import Backoff
from runtime.settings.secret import Secret

log = logging.getLogger(__name__)

_BACKOFF = Backoff(first_wait=0.25, factor=2.0, max_wait=15.0, reset_after=20.0)
_CONNECT_SECONDS = 10.0
_LARGEST_FRAME = 64 * 1024 * 1024
"""A whole block, as JSON."""
_FRAMES_WAITING = 8


class FilterUpdates(Protocol):
    """The wallets that matter, as they change."""

    @property
    def subscription_filter(self) -> SubscriptionFilter:
        """All of them, now."""

    async def changed(self, since: SubscriptionFilter) -> None:
        """Return when `subscription_filter` is another than `since`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamConfig:
    """How to hear from one node."""

    url: Secret
    commitment: str = "confirmed"
    methods: Sequence[str] = ("transactions", "logs")
    """Names of ways to subscribe, the best first; what the node refuses is not tried again."""
    silence_seconds: float = 10.0
    """A connection without any frame for this long is dead; slots come more than once a second."""
    backoff: Backoff = field(default=_BACKOFF)
    subscriptions: int = SUBSCRIPTIONS
    """Where each address takes a subscription of its own: how many on this connection at most."""
    on_block: Callable[[PushedBlock], None] = to_nobody
    """Called with each whole block that comes. It must not wait."""


_METHODS: dict[str, Callable[[StreamConfig], SubscriptionMethod]] = {
    "transactions": lambda config: TransactionSubscribe(config.commitment),
    "blocks": lambda config: BlockSubscribe(config.commitment),
    "logs": lambda config: LogsSubscribe(config.commitment, config.subscriptions),
    "slots": lambda config: SlotSubscribe(config.commitment),
}


class Stream:
    """One provider's stream. `state` and `heard` are for whoever wants to know how it is."""

    def __init__(self, config: StreamConfig) -> None:
        self.name = host_name(config.url)
        self.state = "closed"
        """connecting, live, lost: with the way or the reason."""
        self.opened = 0
        """How often its subscriptions have stood."""
        self._config = config
        self._methods = list(config.methods)
        self._proven = False
        self._connection: RpcConnection | None = None

    @property
    def live(self) -> bool:
        """Whether the subscriptions stand."""
        return self.state.startswith("live")

    @property
    def method(self) -> str | None:
        """The way in which it hears; None: it does not."""
        return self._methods[0] if self.live else None

    @property
    def silence(self) -> float | None:
        """Seconds since the last frame; None: not connected."""
        return None if self._connection is None else monotonic() - self._connection.heard

    async def run(self, wanted: FilterUpdates, sink: Sink) -> None:
        """Listen for ever, with a wait between connections that grows and is never in step with others'."""
        failures = 0
        while True:
            began = monotonic()
            reason = await self._run_connection(wanted, sink)
            self.state, self._connection = f"lost: {reason}", None
            ingest_reconnects.labels("stream").inc()
            failures = self._config.backoff.count(failures, monotonic() - began)
            pause = self._config.backoff.wait(failures, random.random())  # noqa: S311 - spreads retries
            log.info("Stream of %s is lost (%s); opened anew in %.1f s", self.name, reason, pause)
            await asyncio.sleep(pause)

    async def _run_connection(self, wanted: FilterUpdates, sink: Sink) -> str:
        """Live through one connection; why it ended, without the address."""
        self.state = "connecting"
        reasons: list[str] = []
        try:
            async with connect(
                self._config.url.reveal(),
                open_timeout=_CONNECT_SECONDS,
                close_timeout=1,
                max_size=_LARGEST_FRAME,
                max_queue=_FRAMES_WAITING,
                compression=None,
                proxy=None,
            ) as socket:
                await self._serve(RpcConnection(self.name, socket, sink, self._config.on_block), wanted)
        except* (StreamClosed, Rejected) as group:
            reasons += [str(error) for error in group.exceptions]
        except* (WebSocketException, OSError, TimeoutError) as group:
            reasons += [type(error).__name__ for error in group.exceptions]
        return reasons[0] if reasons else "closed"

    async def _serve(self, connection: RpcConnection, wanted: FilterUpdates) -> None:
        self._connection = connection
        async with asyncio.TaskGroup() as group:
            group.create_task(connection.listen())
            group.create_task(connection.watch_silence(self._config.silence_seconds))
            await connection.ask("slotSubscribe")
            await self._keep_subscribed(connection, wanted)

    async def _keep_subscribed(self, connection: RpcConnection, wanted: FilterUpdates) -> None:
        """Tell the node each set of wallets that is wanted."""
        method: SubscriptionMethod | None = None
        self.opened += 1
        while True:
            subscription_filter = wanted.subscription_filter
            method = await self._watch(connection, method, subscription_filter)
            self._say_live(method)
            await wanted.changed(subscription_filter)

    def _say_live(self, method: SubscriptionMethod) -> None:
        """Which way it goes, for /instances and once for the log."""
        state = f"live ({self._methods[0]})"
        if not self.live:
            log.info("Stream of %s is %s", self.name, state)
        self.state = f"{state}, {method.left_out:,} addresses too many" if method.left_out else state

    async def _watch(
        self,
        connection: RpcConnection,
        method: SubscriptionMethod | None,
        subscription_filter: SubscriptionFilter,
    ) -> SubscriptionMethod:
        """Subscribe in the way that is in use, or in the best that the node does not refuse.

        What it has taken once is not given up for another way because it refuses now.
        """
        while True:
            method = method or _METHODS[self._methods[0]](self._config)
            try:
                await method.watch(connection, subscription_filter)
            except Rejected as refusal:
                if self._proven or len(self._methods) == 1:
                    raise
                log.info("%s: %s is not offered here (%d)", self.name, self._methods.pop(0), refusal.code)
                method = None
            else:
                self._proven = self._proven or method.stands
                return method
