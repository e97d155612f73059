"""What the texts of one kind of alert are, and what an alert's message says, whatever its kind. Pure.

The table of kinds: texts/alert.py.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from domain.activity.prices import NO_MARKET, MarketFacts
from domain.alerts.late_facts import NOTHING_LATE, LateFacts
from domain.rules.rules import DEFAULT_DISPLAY, Display
from messaging.languages.locale import ENGLISH, Locale

E_co = TypeVar("E_co", covariant=True)
E = TypeVar("E")
COUNT = "\0"
"""Stands for the number of events; no text of people or of the chain holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFacts(Generic[E_co]):
    """Everything an alert's message says."""

    event: E_co
    label: str
    """What the chat calls the subject; empty: nothing."""
    symbols: Mapping[str, str | None]
    """Mint to symbol as the chain says it; missing: not known."""
    happened_at: datetime
    """The block's time, or when it was seen."""
    age: float
    """Seconds from `happened_at` to now."""
    possible_repeat: bool = False
    """The answer to an earlier send was lost, so that this may be the second copy."""
    notes: Sequence[str] = ()
    """What the reader should know of how it was decided, as Telegram HTML."""
    reverted: bool = False
    """Whether the transaction died with its fork."""
    market: MarketFacts = NO_MARKET
    """What the event was worth, and its token's market, with what came late of it."""
    late: LateFacts = NOTHING_LATE
    """What became known after it was decided."""
    display: Display = DEFAULT_DISPLAY
    """What alerts of the chat look like."""
    others: int = 0
    """Other wallets that the chat follows and that hold the token."""
    locale: Locale = ENGLISH
    """Of who reads it."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Wallets beside the subject, by address, as the chat calls them; missing: it gave no name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertTexts(Generic[E]):
    """The texts of one kind of alert, as Telegram HTML."""

    headline: Callable[[AlertFacts[E]], str]
    """The first line, which carries the whole meaning."""
    details: Callable[[AlertFacts[E]], Sequence[str]]
    """The lines below it."""
    line: Callable[[AlertFacts[E]], str]
    """The details in one line, for an event among others."""
    words: Callable[[AlertFacts[E]], str]
    """What it has in common with others of its sort, with `COUNT` where their number belongs."""
    sort: Callable[[E, Locale], str]
    """Its sort, as people read it."""
    seen: Callable[[E, Locale], str]
    """Where on the chain it was seen."""
    why_urgent: Callable[[E, Locale], str]
    """Why it is urgent, when it is."""
    who: Callable[[str, E], str]
    """What it is about, by what the chat calls that: the wallet, or the token where there is none."""
    lamports: Callable[[E], int]
    """What it moved in SOL, the larger of its sides; 0: nothing."""
    mint: Callable[[E], str | None]
    """The token that its buttons scan, copy and mute; None: none."""
    follow: Callable[[E], str | None] = lambda _: None
    """An address that a button follows; None: none."""
    counted: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """By sort: one of it and many of it, in the first line of a message about several events."""
    pattern: Callable[[E], str | None] = lambda _: None
    """The pattern that a button turns off; None: it is none."""
    short: Callable[[AlertFacts[E]], str] = lambda _: ""
    """What happened in one line, where what is above says who, and of which token."""
    exact: Callable[[AlertFacts[E]], str] = lambda _: ""
    """Every figure to the last digit, in one line."""
