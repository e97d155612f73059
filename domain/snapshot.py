"""A snapshot of the whole system: counts, ages, processes, silent wallets, queues, failures."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.health import HealthState
from domain.jobs import Queue


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
    """Deliveries that a sender has in progress, or had when it died."""
    oldest_sending_seconds: float
    """Since the oldest of them was due."""
    sent_of_day: int
    dead_of_day: int
    ambiguous: int
    """Deliveries of the day at least one send of which had no answer."""
    updates_open: int
    updates_given_up: int = 0
    """Of the day: they failed, or were set aside so that others continue."""
    quarantined: int
    slot: int | None
    """Everything on the chain up to here is stored."""
    feed_age_seconds: float | None
    """Seconds since that slot was stored."""
    slots_behind: int | None = None
    """Between the newest slot that a scanner knows and the cursor."""
    p50: float | None
    """Seconds from the block to the accepted message, of the last hour."""
    p95: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """How the system stood some seconds ago, with rates: what operators see in one screen."""

    snapshot: Snapshot
    alerts_per_minute: float = 0.0
    """Alerts made, the mean of the last five whole minutes."""
    sent_per_minute: float = 0.0
    """Messages that Telegram took, likewise."""
    programs: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By name: how many of it live, and how many are silent for minutes."""
    hit_rates: dict[str, float] = field(default_factory=dict)
    """By cache: the share that was found of what all processes asked for."""
    age_seconds: float = 0.0


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


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """One queue at this moment."""

    queue: Queue
    waiting: int
    oldest_seconds: float
    """How long the first of them has waited."""
    running: int
    failed: int
    """Jobs that may be tried again."""
    workers: int
    done: int = 0
    """Within 24 hours."""
    given_up: int = 0
    """Within 24 hours: who asked was told so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Jobs or messages that failed for one cause."""

    key: str
    """Short, for a button."""
    queue: Queue | None
    """The queue of the jobs; None: these are messages that are dead."""
    cause: str
    number: int

    @property
    def source(self) -> str:
        """The queue's name, or `messages`."""
        return "messages" if self.queue is None else self.queue.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Requeued:
    """What became of failed work that was to be tried again."""

    done: int
    expired: int = 0
    """Jobs whose life in Redis had ended; PostgreSQL asks again for what they stood for."""
    refused: int = 0
    """Jobs that must not run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedError:
    """Errors of one kind that processes of one program logged."""

    program: str
    """Empty where the process speaks of itself."""
    logger: str
    """The module that logged them."""
    line: int
    """Where in it."""
    text: str
    """The latest, with every secret masked."""
    count: int
    first_at: float
    """Unix seconds."""
    last_at: float

    def joined(self, other: LoggedError) -> LoggedError:
        """Both as one; the text is that of the later."""
        later = max(self, other, key=lambda one: one.last_at)
        return replace(later, count=self.count + other.count, first_at=min(self.first_at, other.first_at))
