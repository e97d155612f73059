"""What was claimed for one destination and lane. Pure."""

from dataclasses import dataclass, field

from domain.delivery.deliveries import KIND_RULES, ClaimedDelivery, DeliveryKind, Destination
from domain.delivery.facts import MessageFacts
from domain.rules.lanes import Lane


@dataclass(slots=True, kw_only=True)
class ChatBatch:
    """The claimed deliveries of one destination and lane; the front one is next."""

    destination: Destination
    lane: Lane
    deliveries: list[ClaimedDelivery]
    facts: MessageFacts
    ends_at: float
    """When the rest is given back, by the monotonic clock."""
    admitted_at: float = 0.0
    """When the limits let its next message go, by the same."""
    aside: list[ClaimedDelivery] = field(default_factory=list)
    """Possible repeats that may not go yet, while others do."""
    aside_wait: float = 0.0
    """The seconds until they may."""

    def set_repeats_aside(self, wait: float) -> bool:
        """Leave possible repeats for `wait` seconds, since it is for them alone; whether others are left.

        What tells of a position stays in its order.
        """
        self.aside += [one for one in self.deliveries if is_copy(one)]
        self.deliveries = [one for one in self.deliveries if not is_copy(one)]
        self.aside_wait = wait
        return bool(self.deliveries)


def may_repeat(delivery: ClaimedDelivery) -> bool:
    """Whether it may be seen twice if it goes; an edit that is made twice is made once."""
    return delivery.ambiguous_sends > 0 and not KIND_RULES[delivery.kind].is_edit


def is_copy(delivery: ClaimedDelivery) -> bool:
    """Whether it is a possible repeat that others need not wait for."""
    return delivery.kind is DeliveryKind.ALERT and may_repeat(delivery)
