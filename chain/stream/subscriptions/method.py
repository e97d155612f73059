"""What every subscription method offers, and what several of them need.

A changed filter is subscribed to before the old one is left; what comes twice meanwhile is stored once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from chain.rpc.errors import Rejected
from chain.stream.source import StreamClosed, SubscriptionFilter

MAX_SUBSCRIPTIONS = 5_000
"""Subscriptions that are asked of one connection at most, where each address takes one of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionConfig:
    """How to subscribe."""

    commitment: str = "confirmed"
    max_subscriptions: int = MAX_SUBSCRIPTIONS


class Requester(Protocol):
    """Puts requests to a node; `chain.stream.websocket_source.RpcConnection`."""

    async def ask(self, method: str, params: Sequence[Any] = ()) -> msgspec.Raw:
        """The answer."""


class SubscriptionMethod(Protocol):
    """The subscriptions of one connection."""

    left_out: int
    """Addresses of the filter that are not subscribed to, because the node accepts no longer."""

    @property
    def is_active(self) -> bool:
        """Whether the node has accepted a subscription; False also where none was needed yet."""

    async def apply(self, connection: Requester, subscription_filter: SubscriptionFilter) -> None:
        """Subscribe to what matches the filter, and to nothing else from a moment later on.

        Args:
            connection: to the node.
            subscription_filter: what to subscribe to.

        Raises:
            Rejected: the node does not offer this method.
            StreamClosed: the connection is of no use.
        """


async def unsubscribe(connection: Requester, method: str, subscription: int) -> None:
    """End a subscription; it does not matter if the node has ended it already.

    Args:
        connection: to the node.
        method: of JSON-RPC.
        subscription: its id.
    """
    try:
        await connection.ask(method, [subscription])
    except Rejected:
        return


def subscription_id(raw: msgspec.Raw) -> int:
    """The id in the answer to a subscription.

    Raises:
        StreamClosed: it holds none.
    """
    try:
        return msgspec.json.decode(raw, type=int)
    except msgspec.DecodeError:
        raise StreamClosed("the node gave a subscription no number") from None


def chunks(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """The items in order, so many at a time."""
    return (items[start : start + size] for start in range(0, len(items), size))
