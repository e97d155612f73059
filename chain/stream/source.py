"""The seam of sources: what a source of transactions gets, gives, and says of itself.

A source runs until cancelled, with a filter that changes and a sink that takes what comes. It is fast and may
lose, repeat or misorder what it pushes: the reconciliation by blocks completes it. Today's is
`WebSocketSource`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from chain.stream.messages import PushedBlock, PushedTransaction
from domain.errors import NodeUnavailable


class StreamClosed(NodeUnavailable):
    """The connection ended, or is silent; it is to be opened again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionFilter:
    """Which transactions a source pushes."""

    wallets: frozenset[str] = frozenset()
    accounts: tuple[str, ...] = ()
    """Token accounts of these wallets, as far as they are known, the most important first."""
    version: int = 1
    """The highest transaction version to be pushed."""


class FilterUpdates(Protocol):
    """The filter, as it changes."""

    @property
    def subscription_filter(self) -> SubscriptionFilter:
        """The filter now."""

    async def changed(self, since: SubscriptionFilter) -> None:
        """Return when the filter is another than `since`."""


class Sink(Protocol):
    """Where a source puts what comes. No method may wait."""

    def transaction(self, pushed: PushedTransaction) -> None:
        """A watched wallet may have done something."""

    def slot(self, slot: int) -> None:
        """The node works on this slot."""

    def block(self, block: PushedBlock) -> None:
        """The node has this block."""


class SourceState(StrEnum):
    """Where a source is in the life of its connections."""

    CLOSED = "closed"
    """It does not run yet."""
    CONNECTING = "connecting"
    LIVE = "live"
    """It is subscribed to the filter, as far as the node accepts it."""
    DISCONNECTED = "disconnected"
    """The connection ended; it is opened again after a pause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """How a source is, for health checks and operators."""

    state: SourceState
    method: str | None = None
    """The name of the subscription method; None: it is not live."""
    pushes_blocks: bool = False
    """Whether it pushes whole blocks now."""
    by_address: bool = False
    """Whether it takes one subscription for each address now, so that token accounts have to be named."""
    left_out: int = 0
    """Addresses of the filter that the node does not accept."""
    reason: str | None = None
    """Why it is lost, without the address of the node."""
    times_opened: int = 0
    """How often its subscriptions were opened: each time, something may have been missed before."""
    silent_seconds: float | None = None
    """Since the last frame; None: not connected."""

    @property
    def is_live(self) -> bool:
        """Whether it is subscribed."""
        return self.state is SourceState.LIVE

    def __str__(self) -> str:
        """The status in a few words."""
        if self.state is SourceState.DISCONNECTED:
            return f"lost: {self.reason}"
        if self.state is not SourceState.LIVE:
            return self.state.value
        more = f", {self.left_out:,} addresses too many" if self.left_out else ""
        return f"live ({self.method}){more}"


class Source(Protocol):
    """Pushes transactions, slots and perhaps blocks of one node. It ends when its task is cancelled."""

    @property
    def name(self) -> str:
        """Of the node; a host name, never an address with a key in it."""

    @property
    def status(self) -> SourceStatus:
        """How it is now."""

    async def run(self, updates: FilterUpdates, sink: Sink) -> None:
        """Push what matches the filter into the sink until cancelled.

        Args:
            updates: the filter, as it changes.
            sink: takes what comes.
        """
