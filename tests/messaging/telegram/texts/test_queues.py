from domain.jobs import Queue
from domain.queue_state import Failure, QueueState
from messaging.telegram.texts import queues


def state(*, waiting: int = 0, failed: int = 0, workers: int = 1) -> QueueState:
    return QueueState(
        queue=Queue.NOTIFICATIONS,
        waiting=waiting,
        oldest_seconds=90.0,
        running=0,
        failed=failed,
        workers=workers,
    )


def test_the_light_of_a_queue_is_red_without_workers_and_yellow_with_failures() -> None:
    lights = [
        queues.queues_text([one], due=0, oldest_seconds=0, dead=0).splitlines()[1][0]
        for one in (state(), state(failed=1), state(workers=0, failed=1))
    ]
    assert lights == ["🟢", "🟡", "🔴"]


def test_the_age_of_the_oldest_stands_only_where_something_waits() -> None:
    assert "the oldest" not in queues.queues_text([state()], due=0, oldest_seconds=0, dead=0).splitlines()[1]
    assert "5 queued, the oldest" in queues.queues_text([state(waiting=5)], due=0, oldest_seconds=0, dead=0)


def test_causes_are_numbered_and_harmless() -> None:
    failure = Failure(key="k", queue=None, cause="<b>bad", number=1_500)
    text = queues.failures_text([failure])
    assert "1. messages: &lt;b&gt;bad × 1,500" in text
    assert "Nothing has failed" in queues.failures_text([])


def test_what_became_of_the_failed_says_only_what_happened() -> None:
    assert queues.retried_text(done=3, expired=0, refused=0, left=0) == "♻️ Retried: 3"
    assert len(queues.retried_text(done=3, expired=1, refused=1, left=1).splitlines()) == 4


def test_requests_that_were_given_up_are_shown_if_there_are_any() -> None:
    none, three = (
        queues.queues_text([], due=0, oldest_seconds=0.0, dead=0, updates_given_up=number)
        for number in (0, 3)
    )
    assert "requests" not in none
    assert three.endswith("🔴 requests given up in 24 h: 3")
