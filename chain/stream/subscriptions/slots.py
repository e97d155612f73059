"""Nothing but the heartbeat, which names new slots: for those who read blocks."""

from chain.stream.source import SubscriptionFilter
from chain.stream.subscriptions.method import Requester, SubscriptionConfig


class SlotSubscribe:
    """Needs no subscription of its own: every connection has the heartbeat."""

    left_out = 0
    is_active = True

    def __init__(self, config: SubscriptionConfig) -> None:
        """Every method is built from a configuration; this one needs none of it."""

    async def apply(self, connection: Requester, subscription_filter: SubscriptionFilter) -> None:
        """Ask for nothing."""
