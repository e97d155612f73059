"""What became of an alert for one chat, from the block to the message; /why explains it."""

from dataclasses import dataclass
from datetime import datetime

from domain.alerts.kinds import AlertEvent
from domain.delivery.deliveries import DeliveryState
from domain.rules.gates import Gate
from domain.rules.lanes import Lane
from domain.rules.reasons import NO_REASONS, Reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedDelivery:
    """A decision about an alert for one chat, and what became of it."""

    state: DeliveryState
    gate: Gate
    lane: Lane
    reasons: Reasons = NO_REASONS
    due_at: datetime
    attempts: int
    ambiguous_sends: int
    error: str | None
    finished_at: datetime | None
    digest_state: DeliveryState | None
    """The state of the digest that holds the alert; None: no digest holds it."""
    digest_at: datetime | None
    message_id: int | None = None
    """The message that shows the alert, in a digest or by itself; None: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertHistory:
    """One alert and what became of it for one chat."""

    event: AlertEvent
    happened_at: datetime
    decided: bool
    """Whether the alert has been decided for all watches of the wallet."""
    watch_id: int | None
    """The chat's watch as it is now; None: it does not follow the wallet."""
    label: str
    followed_at: datetime | None
    delivery: DecidedDelivery | None
    """None: there was no decision for this chat."""
    reverted: bool = False
    """Whether the transaction died with its fork."""
