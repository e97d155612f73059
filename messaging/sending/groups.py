"""Which of a chat's deliveries go into one message. Pure.

Alone a delivery is a message of its own. What one wallet did in a burst goes together, and when the chat gets
more than it may be sent, whatever waits there does.
"""

from collections.abc import Sequence

from domain.delivery.deliveries import ClaimedDelivery

MAX_DELIVERIES = 60
"""Deliveries in one message."""
MAX_SEPARATE = 3
"""More than these waiting are more than a chat takes at once."""


def next_group(waiting: Sequence[ClaimedDelivery], *, is_limited: bool) -> list[ClaimedDelivery]:
    """What the next message carries, in order; at least the first.

    First copies and repeats are kept apart, since a message says which it is.

    Args:
        waiting: deliveries of one chat and lane, in order; at least one.
        is_limited: the chat or the bot is at its limit just now.
    """
    first = waiting[0]
    if _goes_alone(first):
        return [first]
    crowded = is_limited or len(waiting) > MAX_SEPARATE
    fitting = [other for other in waiting if _goes_with(first, other, crowded=crowded)]
    return fitting[:MAX_DELIVERIES]


def _goes_with(first: ClaimedDelivery, other: ClaimedDelivery, *, crowded: bool) -> bool:
    same_topic = first.topic_id == other.topic_id
    same_kind = (first.ambiguous_sends > 0) == (other.ambiguous_sends > 0) and not _goes_alone(other)
    return same_topic and same_kind and (crowded or first.activity.wallet == other.activity.wallet)


def _goes_alone(claimed: ClaimedDelivery) -> bool:
    """A digest carries others already, whoever made it; what was refused among others is tried by itself."""
    return claimed.send_alone or claimed.digest_id is not None
