"""What stages share.
One run of the fan-out.
Calling the senders.
One run of each stage that keeps the outbox moving.
Jobs that are enqueued from PostgreSQL, one run at a time.
"""

import asyncio
from dataclasses import replace

import pytest

from domain.jobs import QUESTION_QUEUES, Question, QuestionKind, Queue
from runtime.clock import monotonic
from runtime.observability.metrics import REGISTRY
from runtime.processes.lifecycle import Stop
from storage.chats.chats import close_chat
from storage.chats.questions import ask
from storage.delivery.claims import claim
from storage.delivery.deliveries import mark_sending
from storage.whales.searches import NewWhaleSearch, start_search
from tests.storage.outbox import end_outage, revert_alert, send_all, sent_while_provisional
from tests.storage.sample_data import ALICE, BOB, CHAIN, fan_out_all, follow, happened, purchase
from tests.storage.webhook_rows import claimed, make_webhook, push_alerts_of, pushed_states
from workers.stages import (
    Dispatch,
    announce_outages,
    correct_alerts,
    end_broadcasts,
    enqueue_maintenance,
    enqueue_questions,
    enqueue_searches,
    fan_out,
    gather_digests,
    recover_deliveries,
    until_due,
    wake_no_senders,
    wake_senders,
)

pytestmark = pytest.mark.services


async def test_where_there_are_no_senders_nobody_hears_the_call() -> None:
    assert await wake_no_senders() == 0


async def test_at_first_nothing_is_due_and_nothing_is_coalesced(dispatch: Dispatch) -> None:
    assert not dispatch.due.is_set()
    assert dispatch.config.coalesce_seconds == 0


async def test_every_open_alert_is_decided_and_senders_are_due(dispatch: Dispatch) -> None:
    await follow(dispatch.database, ALICE)
    await follow(dispatch.database, BOB)
    await happened(dispatch.database, purchase(1), purchase(2))
    await fan_out(dispatch, Stop())
    assert await dispatch.database.fetchval("SELECT count(*) FROM deliveries WHERE state = 'pending'") == 4
    assert dispatch.due.is_set()


async def test_without_an_alert_nothing_is_due(dispatch: Dispatch) -> None:
    await fan_out(dispatch, Stop())
    assert not dispatch.due.is_set()


async def test_after_the_stop_no_further_alert_is_decided(dispatch: Dispatch) -> None:
    await follow(dispatch.database, ALICE)
    await happened(dispatch.database, purchase())
    stop = Stop()
    stop.set()
    await fan_out(dispatch, stop)
    assert await dispatch.database.fetchval("SELECT count(*) FROM deliveries") == 0


async def somebody() -> int:
    return 1


async def test_a_job_waits_for_senders_only_where_none_hears_the_call(dispatch: Dispatch) -> None:
    dispatch.due.set()
    await wake_senders(replace(dispatch, call_senders=somebody), Stop())
    assert await dispatch.queues.depth(Queue.NOTIFICATIONS) == 0
    dispatch.due.set()
    await wake_senders(dispatch, Stop())
    assert await dispatch.queues.depth(Queue.NOTIFICATIONS) == 1
    assert not dispatch.due.is_set()


async def test_without_news_the_backlog_alone_makes_a_job(dispatch: Dispatch) -> None:
    await wake_senders(dispatch, Stop())
    assert await dispatch.queues.depth(Queue.NOTIFICATIONS) == 0
    await follow(dispatch.database, ALICE)
    await happened(dispatch.database, purchase())
    await fan_out_all(dispatch.database)
    for _ in range(2):
        await wake_senders(dispatch, Stop())
        assert await dispatch.queues.depth(Queue.NOTIFICATIONS) == 1


async def test_the_pause_ends_when_something_is_due(dispatch: Dispatch) -> None:
    began = monotonic()
    await until_due(dispatch, 0.01)
    asyncio.get_running_loop().call_later(0.01, dispatch.due.set)
    await until_due(dispatch, 30)
    assert monotonic() - began < 10


async def kinds(dispatch: Dispatch) -> list[str]:
    rows = await dispatch.database.fetch("SELECT kind FROM deliveries WHERE kind <> 'alert'")
    return [row["kind"] for row in rows]


def ambiguous() -> float:
    return REGISTRY.get_sample_value("whale_watcher_deliveries_ambiguous_total") or 0.0


async def test_what_a_dead_sender_marked_is_due_again(dispatch: Dispatch) -> None:
    await follow(dispatch.database, ALICE)
    await happened(dispatch.database, purchase())
    await fan_out_all(dispatch.database)
    (claimed,) = await claim(dispatch.database, owner="dead", limit=1)
    await mark_sending(dispatch.database, owner="dead", delivery_ids=[claimed.delivery_id])
    await dispatch.database.execute("UPDATE deliveries SET lease_until = now() - interval '1 second'")
    before = ambiguous()
    await recover_deliveries(dispatch, Stop())
    assert await dispatch.database.fetchval("SELECT state FROM deliveries") == "retry"
    assert dispatch.due.is_set()
    assert ambiguous() == before + 1


async def test_pushes_of_a_dead_sender_are_due_again_and_count_as_nothing_ambiguous(
    dispatch: Dispatch,
) -> None:
    await make_webhook(dispatch.database)
    await push_alerts_of(dispatch.database, 1)
    before = ambiguous()
    await claimed(dispatch.database)
    await dispatch.database.execute("UPDATE deliveries SET lease_until = now() - interval '1 second'")
    await recover_deliveries(dispatch, Stop())
    assert await pushed_states(dispatch.database) == [("push", "retry")]
    assert dispatch.due.is_set()
    assert ambiguous() == before


async def test_what_waits_for_a_closed_chat_ends(dispatch: Dispatch) -> None:
    await follow(dispatch.database, ALICE)
    await happened(dispatch.database, purchase())
    await fan_out_all(dispatch.database)
    await close_chat(dispatch.database, ALICE, "blocked")
    await recover_deliveries(dispatch, Stop())
    assert await dispatch.database.fetchval("SELECT state FROM deliveries") == "dead"
    assert not dispatch.due.is_set()


async def test_an_alert_that_died_is_corrected(dispatch: Dispatch) -> None:
    await follow(dispatch.database, ALICE)
    await sent_while_provisional(dispatch.database, 1)
    await send_all(dispatch.database)
    await revert_alert(dispatch.database, 1)
    await correct_alerts(dispatch, Stop())
    assert len(await kinds(dispatch)) == 1
    assert dispatch.due.is_set()


async def test_an_outage_that_is_over_is_announced_to_the_chats_that_it_touched(dispatch: Dispatch) -> None:
    await follow(dispatch.database, ALICE)
    await end_outage(dispatch.database)
    await announce_outages(dispatch, Stop())
    assert len(await kinds(dispatch)) == 1


async def test_where_nothing_is_due_nothing_happens(dispatch: Dispatch) -> None:
    for stage in (gather_digests, correct_alerts, announce_outages, end_broadcasts):
        await stage(dispatch, Stop())
    assert not dispatch.due.is_set()
    assert await kinds(dispatch) == []


@pytest.mark.parametrize("kind", QuestionKind)
async def test_an_old_question_is_enqueued_unless_its_queue_holds_jobs(
    kind: QuestionKind, dispatch: Dispatch
) -> None:
    await follow(dispatch.database, ALICE)
    question = Question(
        question_id=0, kind=kind, chat_id=ALICE, topic_id=0, message_id=5, subject="mint", attempts=0
    )
    await ask(dispatch.database, question, update_id=1)
    await enqueue_questions(dispatch, Stop())
    assert await dispatch.queues.depth(QUESTION_QUEUES[kind]) == 0
    await dispatch.database.execute("UPDATE questions SET asked_at = now() - interval '1 minute'")
    for _ in range(2):
        await enqueue_questions(dispatch, Stop())
        assert await dispatch.queues.depth(QUESTION_QUEUES[kind]) == 1


async def test_a_search_is_enqueued_once_it_is_silent(dispatch: Dispatch) -> None:
    new = NewWhaleSearch(
        chain=CHAIN, update_id=1, started_by=1, chat_id=1, min_lamports=1, slots_per_step=1, seconds=60
    )
    await start_search(dispatch.database, new)
    await enqueue_searches(dispatch, Stop())
    assert await dispatch.queues.depth(Queue.WHALE_SEARCH) == 0
    await dispatch.database.execute("UPDATE whale_searches SET heartbeat_at = now() - interval '31 seconds'")
    await enqueue_searches(dispatch, Stop())
    assert await dispatch.queues.depth(Queue.WHALE_SEARCH) == 1


async def test_the_hourly_cleanup_is_enqueued_once_at_a_time(dispatch: Dispatch) -> None:
    for _ in range(2):
        await enqueue_maintenance(dispatch, Stop())
        assert await dispatch.queues.depth(Queue.MAINTENANCE) == 1
