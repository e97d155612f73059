"""The table of subscription methods, one row a method; the plainest of them needs no subscription at all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chain.stream.source import SubscriptionFilter
from chain.stream.subscriptions.blocks import BlockSubscribe
from chain.stream.subscriptions.logs import LogsSubscribe
from chain.stream.subscriptions.method import Requester, SubscriptionConfig, SubscriptionMethod
from chain.stream.subscriptions.transactions import TransactionSubscribe


class SlotSubscribe:
    """Needs no subscription of its own: every connection has the heartbeat."""

    left_out = 0
    is_active = True

    def __init__(self, config: SubscriptionConfig) -> None:
        """Every method is built from a configuration; this one needs none of it."""

    async def apply(self, connection: Requester, subscription_filter: SubscriptionFilter) -> None:
        """Ask for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionKind:
    """One row."""

    name: str
    """In settings and for operators."""
    open: Callable[[SubscriptionConfig], SubscriptionMethod]
    """Makes the method for one connection."""
    pushes_blocks: bool = False
    """Whether it pushes whole blocks."""
    by_address: bool = False
    """Whether each address takes a subscription of its own, so that token accounts have to be named."""
    max_frame_bytes: int = 2 << 20
    """What a frame may hold: one transaction with its logs stays far below."""


SUBSCRIPTION_KINDS = (
    SubscriptionKind(name="transactions", open=TransactionSubscribe),
    SubscriptionKind(name="blocks", open=BlockSubscribe, pushes_blocks=True, max_frame_bytes=16 << 20),
    SubscriptionKind(name="logs", open=LogsSubscribe, by_address=True),
    SubscriptionKind(name="slots", open=SlotSubscribe),
)


def kinds_named(names: Sequence[str]) -> list[SubscriptionKind]:
    """The rows of these names, in the order of the names.

    Raises:
        KeyError: no row has such a name.
    """
    by_name = {kind.name: kind for kind in SUBSCRIPTION_KINDS}
    return [by_name[name] for name in names]
