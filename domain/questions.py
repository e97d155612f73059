"""A slow question of a person; a worker puts the answer in the place of a message that says so."""

from dataclasses import dataclass

from domain.jobs import QuestionKind

MAX_ATTEMPTS = 5
"""Attempts after which the person reads that there is no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a person asked, and where the answer goes."""

    question_id: int
    kind: QuestionKind
    chat_id: int
    topic_id: int
    message_id: int
    """The message that the answer replaces."""
    subject: str
    """The address or mint that it is about."""
    attempts: int
    """Attempts so far, this one included."""
