"""Letters are read as they were written, and nothing else is read."""

import pytest

from domain.jobs import FUNCTIONS, AnswerLetter, DeliverLetter, Letter, Queue, StepLetter, read, write


@pytest.mark.parametrize(
    "letter", [DeliverLetter(), AnswerLetter(question_id=2**40), StepLetter(search_id=3, step_number=2**40)]
)
def test_a_letter_survives_the_queue(letter: Letter) -> None:
    assert read(write(letter)) == letter


@pytest.mark.parametrize("text", ["", "{}", "null", '{"type":"shell"}', '{"type":"answer"}'])
def test_what_is_no_letter_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(text)


def test_every_queue_has_its_function() -> None:
    assert set(FUNCTIONS) == set(Queue)
