"""What each kind of question provides. The table of kinds: workers/questions/job.py."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from domain.jobs import Question
from workers.process import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionHandler:
    """How a worker answers one kind of question."""

    answer: Callable[[Context, Question], Awaitable[str]]
    """The answer as Telegram HTML; raises Unavailable if it cannot be known now."""
    give_up: Callable[[str], str]
    """What the person reads about the subject after the last attempt."""
    unreadable: Callable[[str], str] | None = None
    """What the person reads at once where nodes send what cannot be read; None: the same."""
