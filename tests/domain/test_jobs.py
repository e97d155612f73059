"""Payloads are read as they were written, and nothing else is read."""

import pytest

from domain.jobs import (
    FUNCTIONS,
    QUESTION_QUEUES,
    QUEUE_RULES,
    AnswerPayload,
    DeliverPayload,
    JobPayload,
    QuestionKind,
    Queue,
    SearchStepPayload,
    parse_concurrency,
    read,
    sends_at_once,
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


@pytest.mark.parametrize(("rate", "calls"), [(0.1, 5), (27.0, 5), (30.0, 5), (60.0, 10), (1000.0, 167)])
def test_a_bot_that_pays_has_more_calls_under_way(rate: float, calls: int) -> None:
    assert sends_at_once(rate) == calls


def test_the_concurrency_of_queues_is_read_as_it_is_written() -> None:
    read = parse_concurrency("security-scan=3, balance-check=10,notifications=5,maintenance=1")
    assert read == {
        Queue.SECURITY_SCAN: 3,
        Queue.BALANCE_CHECK: 10,
        Queue.NOTIFICATIONS: 5,
        Queue.MAINTENANCE: 1,
    }
    assert parse_concurrency("") == {}


@pytest.mark.parametrize(
    "text",
    ["scan=3", "security-scan", "security-scan=0", "balance-check=501", "maintenance=2", "whale-search=2"],
)
def test_a_concurrency_that_cannot_be_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        parse_concurrency(text)


def test_alerts_go_before_people_who_wait_and_they_before_the_rest() -> None:
    niceness = [QUEUE_RULES[queue].niceness for queue in Queue]
    assert niceness == sorted(niceness)
    assert set(QUEUE_RULES) == set(Queue)
