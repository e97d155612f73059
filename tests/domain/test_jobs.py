"""Payloads are read as they were written, and nothing else is read."""

import pytest

from domain.jobs import (
    FUNCTIONS,
    QUESTION_QUEUES,
    AnswerPayload,
    DeliverPayload,
    JobPayload,
    QuestionKind,
    Queue,
    SearchStepPayload,
    read,
    write,
)


@pytest.mark.parametrize(
    "payload",
    [
        DeliverPayload(),
        AnswerPayload(question_id=2**40, kind=QuestionKind.BALANCE),
        SearchStepPayload(search_id=3, step_number=2**40),
    ],
)
def test_a_payload_survives_the_queue(payload: JobPayload) -> None:
    assert read(write(payload)) == payload


@pytest.mark.parametrize("text", ["", "{}", "null", '{"type":"shell"}', '{"type":"answer"}'])
def test_what_is_no_payload_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(text)


def test_every_queue_has_its_function() -> None:
    assert set(FUNCTIONS) == set(Queue)


def test_every_kind_of_question_has_its_queue() -> None:
    assert set(QUESTION_QUEUES) == set(QuestionKind)


@pytest.mark.parametrize("kind", ["", "weather"])
def test_a_question_of_no_known_kind_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match="kind"):
        read(f'{{"type":"answer","question_id":1,"kind":"{kind}"}}')
