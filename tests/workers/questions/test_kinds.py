"""The table of question kinds."""

from domain.jobs import QuestionKind
from workers.questions.kinds import HANDLERS


def test_every_kind_of_question_has_its_handler() -> None:
    assert set(HANDLERS) == set(QuestionKind)
