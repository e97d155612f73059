"""A slow question of a person, answered by a worker in the place of the message that says so."""

from dataclasses import dataclass

from domain.jobs import QuestionKind

MAX_TRIES = 5
"""How often a question is tried before the person is told that it cannot be answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody asked, and where the answer belongs."""

    question_id: int
    kind: QuestionKind
    chat_id: int
    topic_id: int
    message_id: int
    """The message to put the answer into."""
    subject: str
    """The address or mint asked about."""
    attempts: int
    """Tries so far, this one counted."""
