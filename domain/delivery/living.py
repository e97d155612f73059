"""Living alerts: a position is one message, edited from its entry to its exit. Pure.

Which events belong to one, and how often it is edited: storage/delivery/living_alerts.py.
"""

from dataclasses import dataclass

from domain.activity.activity import SOL, Kind
from domain.activity.exits import is_exit
from domain.alerts.kinds import AlertEvent, rules_of
from domain.delivery.deliveries import AlertContent, ClaimedDelivery, LivingMessage
from domain.rules.lanes import market_token

EDIT_SECONDS = 10.0
"""Between two edits of one message, at least; what happens meanwhile goes with the next."""
QUIET_DAYS = 7
"""So long after its last event a position begins a new message: nobody sees an edit far up in a chat."""
MAX_EVENTS = 60
"""The newest events that are read for a message; the others it only counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionEvent:
    """To which position an event belongs."""

    mint: str
    is_exit: bool
    """Whether next to nothing of the token is left after it."""


def position_event(event: AlertEvent) -> PositionEvent | None:
    """The position that an event adds to, lowers or ends; None: it is no purchase and no sale of a token."""
    activity = rules_of(event).activity(event)
    if activity is None or activity.kind not in {Kind.BUY, Kind.SELL}:
        return None
    mint = market_token(activity)
    return None if mint is None or mint == SOL else PositionEvent(mint=mint, is_exit=is_exit(activity))


def living_id_of(delivery: ClaimedDelivery) -> int | None:
    """The living alert of whose message it is a part; None: it is told by itself."""
    content = delivery.content
    living = content.living if isinstance(content, AlertContent) else content
    return living.living_id if isinstance(living, LivingMessage) else None
