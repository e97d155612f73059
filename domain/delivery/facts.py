"""Facts looked up to render deliveries, and to explain them by /why. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.activity.prices import NO_MARKET, MarketFacts
from domain.alerts.kinds import AlertEvent
from domain.delivery.deliveries import ClaimedDelivery, DeliveryState
from domain.rules.gates import NO_REASONS, OVER_LIMIT, Gate, Reasons
from domain.rules.lanes import Lane
from domain.webhooks import Endpoint

Symbols = Mapping[str, str | None]
"""Mint to symbol as the chain says it: hostile until escaped; an unknown one is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestEntry:
    """One event of a digest, or several of a subject and sort that are only counted."""

    label: str
    """What the chat calls the subject."""
    subject: str
    sort: str
    number: int
    event: AlertEvent | None
    """None: counted only."""
    happened_at: datetime
    """Of several: of the first."""
    reverted: int = 0
    """How many of them died with their fork."""
    gate: Gate = Gate.DIGEST
    """What deferred it."""
    market: MarketFacts = NO_MARKET
    """What the event was worth."""

    @property
    def is_beyond(self) -> bool:
        """Whether it was more than may be sent one by one in an hour."""
        return self.gate in OVER_LIMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferredAlerts:
    """What a chat gets together later."""

    number: int
    until: datetime
    """When the first of them is due, and with it all of its topic."""
    of_busy_wallets: int = 0
    """How many of them wait since their wallets did too much in that hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LivingEvents:
    """What happened in a position, as its one message shows it."""

    deliveries: Sequence[ClaimedDelivery]
    """The newest events, in order; those that wait for an edit as well."""
    older: int
    """How many came before these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFacts:
    """What many deliveries need to know, looked up at once."""

    symbols: Symbols = field(default_factory=dict)
    digests: Mapping[int, Sequence[DigestEntry]] = field(default_factory=dict)
    """By delivery. A digest that is missing could not be looked up."""
    unconfirmed: Mapping[int, Sequence[DigestEntry]] = field(default_factory=dict)
    """By the delivery of a line: the alerts that it names. Missing: they could not be looked up."""
    names: Mapping[tuple[int, int], Mapping[str, str]] = field(default_factory=dict)
    """By chat and topic: wallets beside the subjects, by address, as they are called there."""
    others: Mapping[tuple[int, int, str, str], int] = field(default_factory=dict)
    """By chat, topic, token and wallet: how many other wallets that are followed there hold the token."""
    corrected: Mapping[int, Sequence[ClaimedDelivery]] = field(default_factory=dict)
    """By a correction's delivery: what its message shows, all of it where it is to be edited.

    Missing: it could not be looked up; empty: retention deleted it.
    """

    living: Mapping[int, LivingEvents] = field(default_factory=dict)
    """By living alert: what its message shows. Missing: it could not be looked up."""
    endpoints: Mapping[str, Endpoint] = field(default_factory=dict)
    """By address of a push. Missing: it could not be read."""


NO_FACTS = MessageFacts()


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
    market: MarketFacts = NO_MARKET
    """What the event was worth."""
