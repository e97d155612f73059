"""Payloads reach the functions of the allow-list, and no others run."""

import pytest
from rq.job import Job
from rq.serializers import JSONSerializer

from domain.errors import QueueUnavailable
from domain.jobs import AnswerPayload, DeliverPayload, QuestionKind, Queue
from storage.coordination.queues import ForbiddenJob, PayloadJob, Queues
from storage.redis import open_blocking_redis

DEAD = "redis://127.0.0.1:1/0"


@pytest.mark.services
async def test_a_payload_waits_on_its_queue(valkey_url: str) -> None:
    with open_blocking_redis(valkey_url) as client:
        queues = Queues(client)
        await queues.send(Queue.SECURITY_SCAN, AnswerPayload(question_id=5, kind=QuestionKind.SECURITY_SCAN))
        assert await queues.depth(Queue.SECURITY_SCAN) == 1
        assert await queues.depth(Queue.NOTIFICATIONS) == 0


@pytest.mark.services
async def test_a_callback_is_no_way_around_the_list(valkey_url: str) -> None:
    with open_blocking_redis(valkey_url) as client:
        job = Job.create(
            "workers.notifications.deliver", connection=client, serializer=JSONSerializer, args=("{}",)
        )
        job._success_callback_name = "os.system"
        job.save()
        found = PayloadJob.fetch(job.id, connection=client, serializer=JSONSerializer)
        with pytest.raises(ForbiddenJob):
            _ = found.func


async def test_a_redis_that_is_away_is_an_error_with_a_name() -> None:
    with open_blocking_redis(DEAD) as client:
        queues = Queues(client)
        with pytest.raises(QueueUnavailable):
            await queues.send(Queue.NOTIFICATIONS, DeliverPayload())
        with pytest.raises(QueueUnavailable):
            await queues.depth(Queue.NOTIFICATIONS)
