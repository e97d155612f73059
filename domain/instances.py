"""The processes of the system, and the followed wallets that are silent; /instances shows both."""

from dataclasses import dataclass
from datetime import datetime

from domain.health import HealthState


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceHealth:
    """One process, as its heartbeats describe it."""

    instance_id: str
    program: str
    health: HealthState
    """Healthy: its last heartbeat is less than a minute old; degraded: less than five; else unhealthy."""
    silent_seconds: float
    wallets: int | None
    """How many it watches; None: it watches none by its nature."""
    sockets: dict[str, str]
    """The state of each of its streams, by provider."""
    detail: dict[str, object]
    """What else the program says of itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeGap:
    """A followed wallet of which nothing was stored for a while."""

    address: str
    last_activity_at: datetime | None
    """None: nothing was ever stored of it."""
    minutes: int
    """Whole minutes since then, or since it was first followed."""
