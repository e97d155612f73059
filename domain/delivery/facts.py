"""What is looked up for deliveries before they become messages. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.alerts.kinds import AlertEvent
from domain.delivery.deliveries import ClaimedDelivery
from domain.rules.gates import OVER_LIMIT, Gate

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

    @property
    def is_beyond(self) -> bool:
        """Whether it was more than may be sent one by one in an hour."""
        return self.gate in OVER_LIMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFacts:
    """What many deliveries need to know, looked up at once."""

    symbols: Symbols = field(default_factory=dict)
    digests: Mapping[int, Sequence[DigestEntry]] = field(default_factory=dict)
    """By delivery. A digest that is missing could not be looked up."""
    unconfirmed: Mapping[int, Sequence[DigestEntry]] = field(default_factory=dict)
    """By the delivery of a line: the alerts that it names. Missing: they could not be looked up."""
    corrected: Mapping[int, Sequence[ClaimedDelivery]] = field(default_factory=dict)
    """By a correction's delivery: what its message shows, all of it where it is to be edited.

    Missing: it could not be looked up; empty: retention deleted it.
    """


NO_FACTS = MessageFacts()
