"""The sources: where the scanner hears of transactions as they happen (SCANNER_SOURCE). One row each in `SOURCES`.

A source is fast and may lose what it likes; the reconciliation makes the feed complete. Each follows the
Protocol `Source` of `chain/stream/`: it runs with a filter and a sink, and says how it is.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chain.rpc.urls import stream_urls
from chain.stream.connection import Sink
from chain.stream.messages import PushedBlock
from chain.stream.stream import FilterUpdates, Stream, StreamConfig
from runtime.processes.lifecycle import Nursery
from runtime.settings.settings import Settings

OnBlock = Callable[[PushedBlock], None]


def open_websockets(settings: Settings, methods: Sequence[str], on_block: OnBlock) -> list[Stream]:
    """A stream of each node in WS_URLS; it tries the methods in this order."""
    return [
        Stream(
            StreamConfig(
                url=url,
                commitment=settings.commitment,
                methods=methods,
                subscriptions=settings.logs_subscriptions,
                on_block=on_block,
            )
        )
        for url in stream_urls(settings.rpc_urls, settings.ws_urls)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceKind:
    """One value of SCANNER_SOURCE."""

    setting: str
    methods: Sequence[str]
    """What it subscribes to, the best first; the first names what it pushes."""
    open: Callable[[Settings, Sequence[str], OnBlock], list[Stream]] = open_websockets

    @property
    def pushes_blocks(self) -> bool:
        """Whether it brings whole blocks, which the syncers read."""
        return "blocks" in self.methods


SOURCES = (
    SourceKind(setting="transactions", methods=("transactions",)),
    SourceKind(setting="blocks", methods=("blocks", "slots")),
    SourceKind(setting="logs", methods=("logs",)),
)
"""Every source, the best first: `auto` tries them in this order on each node."""


class Sources:
    """The sources of this scanner."""

    def __init__(self, sources: Sequence[Stream]) -> None:
        self.sources = sources

    def start(self, tasks: Nursery, updates: FilterUpdates, sink: Sink) -> None:
        """Run them all, for ever."""
        for source in self.sources:
            tasks.start_forever(f"stream of {source.name}", functools.partial(source.run, updates, sink))

    def uses(self, method: str) -> bool:
        """Whether a source subscribes by this method now."""
        return any(source.method == method for source in self.sources)

    @property
    def subscribes_by_address(self) -> bool:
        """Whether a source takes a subscription for each address now."""
        return self.uses("logs")

    @property
    def pushes_blocks(self) -> bool:
        """Whether a source brings whole blocks now."""
        return self.uses("blocks")

    @property
    def times_opened(self) -> int:
        """Grows when a source was opened anew, and may have missed something."""
        return sum(source.opened for source in self.sources)

    @property
    def live_count(self) -> int:
        """How many of them are live."""
        return sum(source.live for source in self.sources)

    def states(self) -> dict[str, str]:
        """How each is, by name, for operators."""
        return {source.name: source.state for source in self.sources}


def sources_of(settings: Settings, on_block: OnBlock) -> Sources:
    """The sources that the settings name.

    Args:
        settings: SCANNER_SOURCE and what bears on it.
        on_block: called with each pushed block; it must not wait.
    """
    opened: list[Stream] = []
    kinds = _kinds(settings)
    for constructor in dict.fromkeys(kind.open for kind in kinds):
        methods = [
            method for kind in kinds if kind.open is constructor for method in _methods(kind, settings)
        ]
        opened += constructor(settings, methods, on_block)
    return Sources(opened)


def _kinds(settings: Settings) -> list[SourceKind]:
    """The rows that the setting names. `auto`: all, but for pushed blocks where they are of no use.

    They are of use where blocks are read anyway. They come when they are confirmed, so that alerts before
    that (COMMITMENT=processed) need another source; and collectors ask for each block themselves.
    """
    if settings.scanner_source != "auto":
        return [kind for kind in SOURCES if kind.setting == settings.scanner_source]
    reads_blocks = settings.reconcile == "blocks" and settings.commitment != "processed"
    wants_blocks = reads_blocks and settings.scanner_stage != "collect"
    return [kind for kind in SOURCES if wants_blocks or not kind.pushes_blocks]


def _methods(kind: SourceKind, settings: Settings) -> Sequence[str]:
    """What a kind subscribes to here."""
    if settings.scanner_source == "auto":
        return kind.methods[:1]
    if kind.pushes_blocks and settings.scanner_stage == "collect":
        return ("slots",)
    return kind.methods
