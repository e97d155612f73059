"""What each kind of question provides. The table of kinds: workers/questions/job.py."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from domain.jobs import Question
from messaging.telegram.methods import Markup, Receiver
from workers.process import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer that replaces "reading…", where it is more than text."""

    text: str
    """Telegram HTML; under a picture 1,024 characters at most."""
    photo: bytes | None = None
    """A PNG; None: no picture."""
    keyboard: Markup | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionHandler:
    """How a worker answers one kind of question."""

    answer: Callable[[Context, Question], Awaitable[str | Answer]]
    """The answer, plain words as Telegram HTML; raises Unavailable if it cannot be known now."""
    give_up: Callable[..., str]
    """What the person reads about the subject after the last attempt; also takes their `locale`."""
    unreadable: Callable[..., str] | None = None
    """What the person reads at once where nodes send what cannot be read; None: the same."""


def receiver_of(question: Question) -> Receiver | None:
    """Return who alone sees the answer; None: everybody in the chat."""
    return Receiver(question.receiver_id) if question.receiver_id else None
