"""The sources of live transactions. One row each in `SOURCES`.

A source is fast and may lose anything; the reconciliation makes the feed complete. Each follows the Protocol
`chain.stream.source.Source`: it runs with a filter and a sink, and says how it is.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from chain.stream.source import FilterUpdates, Sink, Source, SourceStatus
from chain.stream.subscriptions.method import SubscriptionConfig
from chain.stream.websocket_source import WebSocketConfig, WebSocketSource
from chain.urls import stream_urls
from runtime.processes.lifecycle import Nursery
from runtime.settings.settings import Settings
from scanner.reconcile.wiring import StreamFacts

OpenSources = Callable[[Settings, Sequence[str]], Sequence[Source]]
"""Makes a source of each node, which tries these methods."""


def open_websockets(settings: Settings, methods: Sequence[str]) -> Sequence[Source]:
    """A WebSocket to each node in WS_URLS; each tries the methods in this order."""
    subscriptions = SubscriptionConfig(
        commitment=settings.commitment, max_subscriptions=settings.logs_subscriptions
    )
    return [
        WebSocketSource(WebSocketConfig(url=url, methods=methods, subscriptions=subscriptions))
        for url in stream_urls(settings.rpc_urls, settings.ws_urls)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceKind:
    """One value of SCANNER_SOURCE."""

    setting: str
    methods: Sequence[str]
    """What it subscribes to, the best first."""
    pushes_blocks: bool = False
    """Whether it brings whole blocks, which are of use only where blocks are read."""
    open: OpenSources = open_websockets


SOURCES = (
    SourceKind(setting="transactions", methods=("transactions",)),
    SourceKind(setting="blocks", methods=("blocks", "slots"), pushes_blocks=True),
    SourceKind(setting="logs", methods=("logs",)),
)
"""Every kind, the best first: `auto` tries them in this order on each node."""


_WITHOUT_TRANSACTIONS = frozenset({"blocks", "slots"})
"""Methods that bring none by itself."""


class Sources:
    """The sources of this scanner."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self.all = sources

    def start(self, tasks: Nursery, updates: FilterUpdates, sink: Sink) -> None:
        """Run them all until cancelled.

        Args:
            tasks: in which they run until the stop.
            updates: what they subscribe to, as it changes.
            sink: takes what they push.
        """
        for source in self.all:
            tasks.start_forever(f"stream of {source.name}", functools.partial(source.run, updates, sink))

    @property
    def by_address(self) -> bool:
        """Whether a source takes one subscription for each address now."""
        return any(source.status.by_address for source in self.all)

    @property
    def pushes_blocks(self) -> bool:
        """Whether a source brings whole blocks now."""
        return any(source.status.pushes_blocks for source in self.all)

    @property
    def pushes_transactions(self) -> bool:
        """Whether a source reports transactions now, whole or by their signature."""
        return any(one.is_live and one.method not in _WITHOUT_TRANSACTIONS for one in self._statuses())

    @property
    def times_opened(self) -> int:
        """Grows when a source was opened again, and may have missed something before."""
        return sum(source.status.times_opened for source in self.all)

    @property
    def live_count(self) -> int:
        """How many of them are live."""
        return sum(source.status.is_live for source in self.all)

    def _statuses(self) -> Sequence[SourceStatus]:
        return [source.status for source in self.all]

    def states(self) -> dict[str, str]:
        """Return how each is, by name, for operators."""
        return {source.name: str(source.status) for source in self.all}


def facts_of(sources: Sources) -> StreamFacts:
    """Return what the reconciliation wants to know of them."""
    return StreamFacts(
        times_opened=lambda: sources.times_opened,
        blocks_are_pushed=lambda: sources.pushes_blocks,
        transactions_are_pushed=lambda: sources.pushes_transactions,
    )


def sources_of(settings: Settings) -> Sources:
    """The sources that SCANNER_SOURCE names."""
    opened: list[Source] = []
    for opens, methods in methods_of(settings).items():
        opened += opens(settings, methods)
    return Sources(opened)


def methods_of(settings: Settings) -> Mapping[OpenSources, Sequence[str]]:
    """Who opens the sources that SCANNER_SOURCE names, and the methods that each tries, the best first."""
    methods: dict[OpenSources, list[str]] = {}
    for kind in _kinds(settings):
        methods.setdefault(kind.open, []).extend(_methods(kind, settings))
    return methods


def _kinds(settings: Settings) -> list[SourceKind]:
    """The rows that the setting names. `auto`: all, but for pushed blocks where they are of no use.

    They are of use where blocks are read: pushed blocks cost no request. They come when they are confirmed,
    so that alerts before that (COMMITMENT=processed) need another source; and collectors ask for each block
    themselves.
    """
    if settings.scanner_source != "auto":
        return [kind for kind in SOURCES if kind.setting == settings.scanner_source]
    reads_blocks = settings.reconcile != "signatures" and settings.commitment != "processed"
    takes_blocks = reads_blocks and settings.scanner_stage != "collect"
    return [kind for kind in SOURCES if takes_blocks or not kind.pushes_blocks]


def _methods(kind: SourceKind, settings: Settings) -> Sequence[str]:
    """Return what a kind subscribes to here; in `auto` the next kind follows instead of a second method."""
    if settings.scanner_source == "auto":
        return kind.methods[:1]
    if kind.pushes_blocks and settings.scanner_stage == "collect":
        return ("slots",)
    return kind.methods
