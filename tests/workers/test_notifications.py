"""The job of the notifications queue wakes the sender, and nothing else."""

from collections.abc import Awaitable, Callable

import pytest

from domain import jobs
from domain.jobs import AnswerPayload, DeliverPayload, QuestionKind
from workers import notifications
from workers.process import Context


def test_it_wakes_the_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Callable[[Context], Awaitable[None]]] = []
    monkeypatch.setattr(notifications, "run", asked.append)
    notifications.deliver(jobs.write(DeliverPayload()))
    assert asked == [notifications._wake]


@pytest.mark.parametrize(
    "text", ["", "{}", "null", jobs.write(AnswerPayload(question_id=1, kind=QuestionKind.BALANCE))]
)
def test_another_payload_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(notifications, "run", lambda _: pytest.fail("it ran"))
    with pytest.raises(ValueError):  # noqa: PT011 - the words are of whoever found the mistake
        notifications.deliver(text)
