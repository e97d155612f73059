"""What the texts of one kind of alert are. The table of kinds: texts/alert.py."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from messaging.telegram.texts.alert_facts import AlertFacts

E = TypeVar("E")
COUNT = "\0"
"""Stands for the number of events; no text of people or of the chain holds it."""


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
    sort: Callable[[E], str]
    """Its sort, as people read it."""
    seen: Callable[[E], str]
    """Where on the chain it was seen."""
    why_urgent: Callable[[E], str]
    """Why it is urgent, when it is."""
    mint: Callable[[E], str | None]
    """The token that its buttons scan, copy and mute; None: none."""
