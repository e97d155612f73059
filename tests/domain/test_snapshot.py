from domain.jobs import Queue
from domain.snapshot import Failure


def test_a_failure_is_of_a_queue_or_of_messages() -> None:
    queue = next(iter(Queue))
    assert Failure(key="a", queue=queue, cause="x", number=1).source == queue.value
    assert Failure(key="b", queue=None, cause="x", number=1).source == "messages"
