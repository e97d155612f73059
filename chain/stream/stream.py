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
from chain.rpc.provider import host_name
from chain.stream.connection import Line, Sink, StreamLost, to_nobody
from chain.stream.messages import BlockTold
from chain.stream.subscriptions import (
    SUBSCRIPTIONS,
    BlocksWay,
    LogsWay,
    SlotsWay,
    TransactionsWay,
    Way,
    Wish,
)
from runtime.clock import monotonic
from runtime.observability.metrics import ingest_reconnects
from runtime.processes.backoff import Backoff
from runtime.settings.secret import Secret

log = logging.getLogger(__name__)

_BACKOFF = Backoff(first=0.25, factor=2.0, longest=15.0, forgiven_after=20.0)
_CONNECT_SECONDS = 10.0
_LARGEST_FRAME = 64 * 1024 * 1024
"""A whole block, as JSON."""
_FRAMES_WAITING = 8


class Wanted(Protocol):
    """The wallets that matter, as they change."""

    @property
    def wish(self) -> Wish:
        """All of them, now."""

    async def changed(self, since: Wish) -> None:
        """Return when `wish` is another than `since`."""


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
    subscriptions: int = SUBSCRIPTIONS
    """Where each address takes a subscription of its own: how many on this connection at most."""
    on_block: Callable[[BlockTold], None] = to_nobody
    """Called with each whole block that comes. It must not wait."""


_WAYS: dict[str, Callable[[StreamConfig], Way]] = {
    "transactions": lambda config: TransactionsWay(config.commitment),
    "blocks": lambda config: BlocksWay(config.commitment),
    "logs": lambda config: LogsWay(config.commitment, config.subscriptions),
    "slots": lambda config: SlotsWay(config.commitment),
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
        self._ways = list(config.ways)
        self._proven = False
        self._line: Line | None = None

    @property
    def live(self) -> bool:
        """Whether the subscriptions stand."""
        return self.state.startswith("live")

    @property
    def way(self) -> str | None:
        """The way in which it hears; None: it does not."""
        return self._ways[0] if self.live else None

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
                max_queue=_FRAMES_WAITING,
                compression=None,
                proxy=None,
            ) as socket:
                await self._serve(Line(self.name, socket, sink, self._config.on_block), wanted)
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
            wish = wanted.wish
            way = await self._watch(line, way, wish)
            self._say_live(way)
            await wanted.changed(wish)

    def _say_live(self, way: Way) -> None:
        """Which way it goes, for /instances and once for the log."""
        state = f"live ({self._ways[0]})"
        if not self.live:
            log.info("Stream of %s is %s", self.name, state)
        self.state = f"{state}, {way.left_out:,} addresses too many" if way.left_out else state

    async def _watch(self, line: Line, way: Way | None, wish: Wish) -> Way:
        """Subscribe in the way that is in use, or in the best that the node does not refuse.

        What it has taken once is not given up for another way because it refuses now.
        """
        while True:
            way = way or _WAYS[self._ways[0]](self._config)
            try:
                await way.watch(line, wish)
            except Rejected as refusal:
                if self._proven or len(self._ways) == 1:
                    raise
                log.info("%s: %s is not offered here (%d)", self.name, self._ways.pop(0), refusal.code)
                way = None
            else:
                self._proven = self._proven or way.stands
                return way
