"""How the whole system stands at one moment: counts and ages, for operators and followers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """How the system stands. None: not known, because it has not happened yet."""

    chats: int
    wallets: int
    watches: int
    alerts_of_day: int
    alerts_open: int
    """Alerts not decided for all their watches yet."""
    oldest_open_seconds: float
    """Of the oldest of them, since it was stored; 0: there is none."""
    deliveries_due: int
    oldest_due_seconds: float
    sending: int
    """Deliveries that a sender has in hand, or had when it died."""
    oldest_sending_seconds: float
    """Since the oldest of them was due."""
    sent_of_day: int
    dead_of_day: int
    ambiguous: int
    """Deliveries of the day at least one send of which had no answer."""
    updates_open: int
    updates_given_up: int = 0
    """Of the day: they failed, or were set aside so that others go on."""
    quarantined: int
    slot: int | None
    """Everything on the chain up to here is stored."""
    feed_age_seconds: float | None
    """Seconds since that slot was stored."""
    p50: float | None
    """Seconds from a stored alert to the accepted message, of the last hour."""
    p95: float | None
