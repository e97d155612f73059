"""The job of the notifications queue wakes the sender, and nothing else."""

from collections.abc import Awaitable, Callable

import pytest

from domain import jobs
from domain.jobs import AnswerLetter, DeliverLetter
from workers import notifications
from workers.context import Context


def test_it_wakes_the_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Callable[[Context], Awaitable[None]]] = []
    monkeypatch.setattr(notifications, "run", asked.append)
    notifications.deliver(jobs.write(DeliverLetter()))
    assert asked == [notifications._wake]


@pytest.mark.parametrize("text", ["", "{}", "null", jobs.write(AnswerLetter(question_id=1))])
def test_another_payload_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(notifications, "run", lambda _: pytest.fail("it ran"))
    with pytest.raises(ValueError):  # noqa: PT011 - the words are of whoever found the mistake
        notifications.deliver(text)
