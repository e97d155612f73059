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

from chain.providers import host_name
from chain.rpc_errors import Rejected
from chain.stream_line import Line, Sink, StreamLost
from chain.stream_ways import LogsWay, SlotsWay, TransactionsWay, Way
from runtime.backoff import Backoff
from runtime.clock import monotonic
from runtime.metrics import ingest_reconnects
from runtime.secret import Secret

log = logging.getLogger(__name__)

_BACKOFF = Backoff(first=0.25, factor=2.0, longest=15.0, forgiven_after=20.0)
_CONNECT_SECONDS = 10.0
_LARGEST_FRAME = 16 * 1024 * 1024

_WAYS: dict[str, Callable[[str], Way]] = {
    "transactions": TransactionsWay,
    "logs": LogsWay,
    "slots": SlotsWay,
}


class Wanted(Protocol):
    """The wallets that matter, as they change."""

    @property
    def wallets(self) -> frozenset[str]:
        """All of them, now."""

    async def changed(self, since: frozenset[str]) -> None:
        """Return when `wallets` is another set than `since`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamConfig:
    """How to hear from one node."""

    url: Secret
    commitment: str = "confirmed"
    ways: Sequence[str] = ("transactions", "logs")
    """Names of ways to subscribe, the best first; what the node refuses is not tried again."""
    silence_seconds: float = 10.0
    """A connection without any frame for this long is dead; slots come more than once a second."""
    backoff: Backoff = field(default=_BACKOFF)


class Stream:
    """One provider's stream. `state` and `heard` are for whoever wants to know how it is."""

    def __init__(self, config: StreamConfig) -> None:
        self.name = host_name(config.url)
        self.state = "closed"
        """connecting, live, lost: with the way or the reason."""
        self.opened = 0
        """How often its subscriptions have stood."""
        self._config = config
        self._ways = list(config.ways)
        self._line: Line | None = None

    @property
    def live(self) -> bool:
        """Whether the subscriptions stand."""
        return self.state.startswith("live")

    @property
    def silence(self) -> float | None:
        """Seconds since the last frame; None: not connected."""
        return None if self._line is None else monotonic() - self._line.heard

    async def run(self, wanted: Wanted, sink: Sink) -> None:
        """Listen for ever, with a wait between connections that grows and is never in step with others'."""
        failures = 0
        while True:
            began = monotonic()
            reason = await self._connection(wanted, sink)
            self.state, self._line = f"lost: {reason}", None
            ingest_reconnects.labels("stream").inc()
            failures = self._config.backoff.count(failures, monotonic() - began)
            pause = self._config.backoff.wait(failures, random.random())  # noqa: S311 - spreads retries
            log.info("Stream of %s is lost (%s); opened anew in %.1f s", self.name, reason, pause)
            await asyncio.sleep(pause)

    async def _connection(self, wanted: Wanted, sink: Sink) -> str:
        """Live through one connection; why it ended, without the address."""
        self.state = "connecting"
        reasons: list[str] = []
        try:
            async with connect(
                self._config.url.reveal(),
                open_timeout=_CONNECT_SECONDS,
                close_timeout=1,
                max_size=_LARGEST_FRAME,
                compression=None,
                proxy=None,
            ) as socket:
                await self._serve(Line(self.name, socket, sink), wanted)
        except* (StreamLost, Rejected) as group:
            reasons += [str(error) for error in group.exceptions]
        except* (WebSocketException, OSError, TimeoutError) as group:
            reasons += [type(error).__name__ for error in group.exceptions]
        return reasons[0] if reasons else "closed"

    async def _serve(self, line: Line, wanted: Wanted) -> None:
        self._line = line
        async with asyncio.TaskGroup() as group:
            group.create_task(line.listen())
            group.create_task(line.watch_silence(self._config.silence_seconds))
            await line.ask("slotSubscribe")
            await self._keep_subscribed(line, wanted)

    async def _keep_subscribed(self, line: Line, wanted: Wanted) -> None:
        """Tell the node each set of wallets that is wanted."""
        way: Way | None = None
        self.opened += 1
        while True:
            wallets = wanted.wallets
            way = await self._watch(line, way, wallets)
            self.state = f"live ({self._ways[0]})"
            await wanted.changed(wallets)

    async def _watch(self, line: Line, way: Way | None, wallets: frozenset[str]) -> Way:
        """Subscribe in the way that is in use, or in the best that the node does not refuse."""
        if way is not None:
            await way.watch(line, wallets)
            return way
        while True:
            way = _WAYS[self._ways[0]](self._config.commitment)
            try:
                await way.watch(line, wallets)
            except Rejected as refusal:
                if len(self._ways) == 1:
                    raise
                log.info("%s: %s is not offered here (%d)", self.name, self._ways.pop(0), refusal.code)
            else:
                return way
