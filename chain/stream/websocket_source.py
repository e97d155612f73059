"""The source over WebSocket JSON-RPC: fast, never complete. One socket per node, reopened when it is lost.

It tries the configured subscription methods, best first, until the node accepts one. On the socket go
requests with their answers, notifications to a sink, and the watch on silence.
"""

import asyncio
import itertools
import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from chain.rpc.errors import Rejected
from chain.stream.messages import PushedBlock, PushedSlot, PushedTransaction, Reply, read_frame
from chain.stream.source import (
    FilterUpdates,
    Sink,
    SourceState,
    SourceStatus,
    StreamClosed,
    SubscriptionFilter,
)
from chain.stream.subscriptions.method import SubscriptionConfig, SubscriptionMethod
from chain.stream.subscriptions.table import kinds_named
from chain.urls import host_name
from domain.backoff import Backoff
from runtime.clock import monotonic
from runtime.observability.metrics import ingest_reconnects
from runtime.settings.secret import Secret

log = logging.getLogger(__name__)

ANSWER_SECONDS = 10.0
_BACKOFF = Backoff(first_wait=0.25, factor=2.0, max_wait=15.0, reset_after=20.0)
_CONNECT_SECONDS = 10.0
_MAX_WAITING_BYTES = 16 << 20
"""Of frames that came and are not taken yet; at least one of them."""


class RpcConnection:
    """An open socket. `listen` and `watch_silence` have to run while `ask` is used."""

    def __init__(self, name: str, socket: ClientConnection, sink: Sink) -> None:
        """Build it.

        Args:
            name: of the node, without a key.
            socket: open; the caller closes it.
            sink: takes the notifications.
        """
        self.name = name
        self.last_frame_at = monotonic()
        """When the last frame came, by the monotonic clock."""
        self._socket = socket
        self._sink = sink
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Reply]] = {}

    async def ask(self, method: str, params: Sequence[Any] = ()) -> msgspec.Raw:
        """The answer to one request.

        Raises:
            Rejected: the node says no.
            StreamClosed: it did not answer in time.
        """
        request_id = next(self._ids)
        self._waiting[request_id] = asyncio.get_running_loop().create_future()
        request = {"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._socket.send(msgspec.json.encode(request), text=True)
                reply = await self._waiting[request_id]
        except TimeoutError:
            raise StreamClosed(f"{self.name}: no answer to {method}") from None
        finally:
            del self._waiting[request_id]
        if reply.code:
            raise Rejected(reply.message, provider=self.name, code=reply.code)
        return reply.result

    async def listen(self) -> None:
        """Take frames until the connection ends.

        Raises:
            ConnectionClosed: by `websockets`, when it has.
        """
        while True:
            data = await self._socket.recv(decode=False)
            self.last_frame_at = monotonic()
            self._take(data)

    async def watch_silence(self, seconds: float) -> None:
        """End when no frame came for `seconds`, though TCP may say that all is well.

        Raises:
            StreamClosed: then.
        """
        while (left := self.last_frame_at + seconds - monotonic()) > 0:  # noqa: ASYNC110 - frames set no event
            await asyncio.sleep(left)
        raise StreamClosed(f"{self.name}: silent for {seconds:g} s")

    def _take(self, data: bytes) -> None:
        frame = read_frame(data)
        if isinstance(frame, PushedTransaction):
            self._sink.transaction(replace(frame, source=self.name))
        elif isinstance(frame, PushedSlot):
            self._sink.slot(frame.slot)
        elif isinstance(frame, PushedBlock):
            self._sink.block(frame)
        elif isinstance(frame, Reply):
            waiting = self._waiting.get(frame.request_id)
            if waiting is not None and not waiting.done():
                waiting.set_result(frame)


class _DirectConnect(connect):
    """Opens the address that was given, and no other: a node might name one that only we can reach."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        """Follow nothing."""
        return exc


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSocketConfig:
    """How to listen to one node."""

    url: Secret
    methods: Sequence[str] = ("transactions", "logs")
    """Names of subscription methods, the best first; what the node refuses is not tried again."""
    subscriptions: SubscriptionConfig = field(default_factory=SubscriptionConfig)
    silence_seconds: float = 10.0
    """A connection without any frame for this long is dead; slots come more than once a second."""
    backoff: Backoff = field(default=_BACKOFF)


class WebSocketSource:
    """Follows the Protocol `chain.stream.source.Source`."""

    def __init__(self, config: WebSocketConfig) -> None:
        self.name = host_name(config.url)
        self._config = config
        self._kinds = kinds_named(config.methods)
        self._is_accepted = False
        self._times_opened = 0
        self._state = SourceState.CLOSED
        self._reason: str | None = None
        self._connection: RpcConnection | None = None
        self._method: SubscriptionMethod | None = None

    @property
    def status(self) -> SourceStatus:
        """How it is now."""
        connection, method = self._connection, self._method
        is_live = self._state is SourceState.LIVE
        return SourceStatus(
            state=self._state,
            method=self._kinds[0].name if is_live else None,
            pushes_blocks=is_live and self._kinds[0].pushes_blocks,
            by_address=is_live and self._kinds[0].by_address,
            left_out=0 if method is None else method.left_out,
            reason=self._reason,
            times_opened=self._times_opened,
            silent_seconds=None if connection is None else monotonic() - connection.last_frame_at,
        )

    @property
    def _max_frame_bytes(self) -> int:
        """Of the methods that may still be tried."""
        return max(kind.max_frame_bytes for kind in self._kinds)

    async def run(self, updates: FilterUpdates, sink: Sink) -> None:
        """Listen until cancelled; the pauses between connections grow and are never in step with others'.

        Args:
            updates: the filter, as it changes.
            sink: takes what comes.
        """
        failures = 0
        while True:
            began = monotonic()
            reason = await self._run_connection(updates, sink)
            self._state, self._reason = SourceState.DISCONNECTED, reason
            self._connection = self._method = None
            ingest_reconnects.labels("stream").inc()
            failures = self._config.backoff.count(failures, monotonic() - began)
            pause = self._config.backoff.wait(failures, random.random())  # noqa: S311 - spreads retries
            log.info("Stream of %s is lost (%s); reopened in %.1f s", self.name, reason, pause)
            await asyncio.sleep(pause)

    async def _run_connection(self, updates: FilterUpdates, sink: Sink) -> str:
        """Live through one connection; why it ended, without the address."""
        self._state = SourceState.CONNECTING
        reasons: list[str] = []
        try:
            async with _DirectConnect(
                self._config.url.reveal(),
                open_timeout=_CONNECT_SECONDS,
                close_timeout=1,
                max_size=self._max_frame_bytes,
                max_queue=max(1, _MAX_WAITING_BYTES // self._max_frame_bytes),
                compression=None,  # nor may the node pack frames: they would be unpacked whole
                proxy=None,
            ) as socket:
                await self._serve(RpcConnection(self.name, socket, sink), updates)
        except* (StreamClosed, Rejected) as group:
            reasons += [str(error) for error in group.exceptions]
        except* (WebSocketException, OSError, TimeoutError) as group:
            reasons += [type(error).__name__ for error in group.exceptions]
        return reasons[0] if reasons else "closed"

    async def _serve(self, connection: RpcConnection, updates: FilterUpdates) -> None:
        self._connection = connection
        async with asyncio.TaskGroup() as group:
            group.create_task(connection.listen())
            group.create_task(connection.watch_silence(self._config.silence_seconds))
            await connection.ask("slotSubscribe")
            await self._keep_subscribed(connection, updates)

    async def _keep_subscribed(self, connection: RpcConnection, updates: FilterUpdates) -> None:
        """Apply each filter as it comes."""
        method: SubscriptionMethod | None = None
        self._times_opened += 1
        while True:
            subscription_filter = updates.subscription_filter
            method = await self._applied(connection, method, subscription_filter)
            self._note_live(method)
            await updates.changed(subscription_filter)

    def _note_live(self, method: SubscriptionMethod) -> None:
        """Keep the method for the status, and log the first time."""
        if self._state is not SourceState.LIVE:
            log.info("Stream of %s is live (%s)", self.name, self._kinds[0].name)
        self._state, self._method = SourceState.LIVE, method

    async def _applied(
        self,
        connection: RpcConnection,
        method: SubscriptionMethod | None,
        subscription_filter: SubscriptionFilter,
    ) -> SubscriptionMethod:
        """Subscribe by the method in use, or by the best that the node does not refuse.

        A method that the node has accepted once is not given up for another because the node refuses it now.
        """
        while True:
            method = method or self._kinds[0].open(self._config.subscriptions)
            try:
                await method.apply(connection, subscription_filter)
            except Rejected as refusal:
                if self._is_accepted or len(self._kinds) == 1:
                    raise
                log.info("%s: %s is not offered here (%d)", self.name, self._kinds.pop(0).name, refusal.code)
                method = None
            else:
                self._is_accepted = self._is_accepted or method.is_active
                return method
