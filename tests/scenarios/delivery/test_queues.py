"""Scenarios 7 to 10, 17, 18, 20, 24, 78: RQ and Redis lose what they hold; PostgreSQL has it all the same."""

import asyncio
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from domain.jobs import Question, QuestionKind, Queue, SearchStepPayload
from runtime.embedded.valkey import EmbeddedValkey
from storage.chats.questions import ask
from storage.coordination.queues import Queues
from storage.postgres import Database
from storage.redis import open_redis
from tests.storage.sample_data import ALICE, CHAIN, WHALE, fan_out_all, follow, happened, purchase
from tests.workers.conftest import ROOT, WorkerTestbed

pytestmark = [pytest.mark.services, pytest.mark.e2e]
REENQUEUED_SECONDS = 30.0
ALERT_SECONDS = 2.0
EMPTIED = ("jobs and queues", "everything")


async def unanswered(database: Database, kind: QuestionKind, *, update_id: int) -> None:
    """A question that was asked half a minute ago and that no job names."""
    question = Question(
        question_id=0, kind=kind, chat_id=ALICE, topic_id=0, message_id=5, subject="x", attempts=0
    )
    await ask(database, question, update_id=update_id)
    await database.execute("UPDATE questions SET asked_at = now() - interval '30 seconds'")


async def depths(testbed: WorkerTestbed) -> dict[str, int]:
    return {queue.value: await testbed.redis.llen(f"rq:queue:{queue.value}") for queue in ASKED}


ASKED = (Queue.NOTIFICATIONS, Queue.SECURITY_SCAN, Queue.BALANCE_CHECK)


async def until_asked(testbed: WorkerTestbed) -> None:
    async with asyncio.timeout(REENQUEUED_SECONDS):
        while not all((await depths(testbed)).values()):  # noqa: ASYNC110 - queues raise no events
            await asyncio.sleep(0.05)


async def lose(testbed: WorkerTestbed, what: str) -> None:
    """As a worker that dies between popping a job and noting it; or a server that comes back empty."""
    if what == "everything":
        await testbed.redis.flushall()
        return
    for pattern in ("rq:job:*", "rq:queue:*"):
        async for key in testbed.redis.scan_iter(pattern):
            await testbed.redis.delete(key)


@pytest.mark.parametrize("what", EMPTIED)
async def test_scenario_09_and_18_what_rq_lost_of_several_queues_is_enqueued_again_within_half_a_minute(
    testbed: WorkerTestbed, what: str
) -> None:
    await follow(testbed.database, ALICE)
    await happened(testbed.database, purchase())
    await fan_out_all(testbed.database)
    await unanswered(testbed.database, QuestionKind.SECURITY_SCAN, update_id=1)
    await unanswered(testbed.database, QuestionKind.BALANCE, update_id=2)
    await testbed.started("dispatcher")
    for _ in range(2):
        await until_asked(testbed)
        await lose(testbed, what)
    await until_asked(testbed)
    assert await depths(testbed) == dict.fromkeys((queue.value for queue in ASKED), 1)


_PARENT = """
import subprocess, sys
null = subprocess.DEVNULL
child = subprocess.Popen([sys.executable, "-m", "workers", "notifications"], stdout=null, stderr=null)
print(child.pid, flush=True)
child.wait()
"""


@asynccontextmanager
async def orphaned(testbed: WorkerTestbed) -> AsyncIterator[psutil.Process]:
    """A worker that works on after its parent was killed, and that RQ knows no longer."""
    environment = {**testbed.environment, "INSTANCE_ID": "notifications", "PYTHONPATH": str(ROOT)}
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PARENT, cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    worker = psutil.Process(int(await parent.stdout.readline()))
    try:
        await testbed.until_alive("notifications")
        await testbed.trades([WHALE], 3)
        await testbed.until_messages(8)
        parent.kill()
        await parent.wait()
        await forget_workers(testbed)
        yield worker
    finally:
        worker.kill()


async def forget_workers(testbed: WorkerTestbed) -> None:
    """As RQ does with those whose parent gives no sign of life any more; their jobs are anybody's."""
    for pattern in ("rq:worker*", "rq:executions:*", "rq:wip:*"):
        async for key in testbed.redis.scan_iter(pattern):
            await testbed.redis.delete(key)


async def test_scenario_07_a_worker_that_outlives_its_parent_and_its_successor_double_nothing(
    testbed: WorkerTestbed,
) -> None:
    chats = await testbed.people(10)
    for chat_id in chats:
        await follow(testbed.database, chat_id)
    await testbed.started("dispatcher")
    async with orphaned(testbed) as worker:
        testbed.start("notifications")
        log = testbed.folder / f"notifications-{len(testbed.running) - 1}.log"
        async with asyncio.timeout(20):
            while "Ready" not in log.read_text():  # noqa: ASYNC110 - a log is watched
                await asyncio.sleep(0.05)
        await testbed.trades([WHALE], 1, first=3)
        await testbed.until_sent(40)
        assert worker.is_running()
        assert worker.status() != psutil.STATUS_ZOMBIE
    assert Counter(entry.chat_id for entry in testbed.telegram.ledger.messages()) == dict.fromkeys(chats, 4)
    assert await testbed.database.fetchval("SELECT sum(ambiguous_sends) FROM deliveries") == 0


async def test_scenario_08_a_killed_worker_leaves_its_job_to_the_next_and_the_effect_comes_once(
    testbed: WorkerTestbed,
) -> None:
    chats = await testbed.people(10)
    for chat_id in chats:
        await follow(testbed.database, chat_id)
    _, sender = await testbed.started("dispatcher", "notifications")
    await testbed.trades([WHALE], 3)
    await testbed.until_messages(8)
    sender.kill()
    await asyncio.to_thread(sender.wait, 10)
    await testbed.expire_leases()
    testbed.start("notifications")
    await testbed.until_sent(30)
    ambiguous = await testbed.database.fetchval("SELECT coalesce(sum(ambiguous_sends), 0) FROM deliveries")
    assert 30 <= len(testbed.telegram.ledger.messages()) <= 30 + ambiguous


async def test_scenario_10_a_lock_that_rqs_maintenance_left_holds_up_no_alert(
    testbed: WorkerTestbed,
) -> None:
    (chat_id,) = await testbed.people(1)
    await follow(testbed.database, chat_id)
    for queue in Queue:
        await testbed.redis.set(f"rq:clean_registries:{queue.value}", "1")
    await testbed.redis.set("rq:scheduler-lock:notifications", "dead")
    await testbed.started("dispatcher", "notifications")
    await testbed.trades([WHALE], 2)
    await testbed.until_sent(2)


async def test_scenario_17_redis_killed_and_started_again_under_load_loses_nothing(
    testbed: WorkerTestbed, tmp_path: Path
) -> None:
    valkey = EmbeddedValkey(tmp_path / "valkey")
    await valkey.start()
    testbed.environment["REDIS_URL"] = valkey.url
    chats = await testbed.people(20)
    for chat_id in chats:
        await follow(testbed.database, chat_id)
    await testbed.started("dispatcher", "notifications")
    await testbed.trades([WHALE], 3)
    await testbed.until_messages(10)
    os.kill(valkey.pid or 0, signal.SIGKILL)
    await valkey.died()
    await valkey.start()
    await testbed.trades([WHALE], 1, first=3)
    await testbed.until_sent(80)
    assert Counter(entry.chat_id for entry in testbed.telegram.ledger.messages()) == dict.fromkeys(chats, 4)
    await valkey.stop()


async def test_scenario_20_a_full_redis_is_reported_and_loses_nothing(
    testbed: WorkerTestbed, tmp_path: Path
) -> None:
    valkey = EmbeddedValkey(tmp_path / "valkey", durable=False)
    await valkey.start()
    testbed.environment["REDIS_URL"] = valkey.url
    await follow(testbed.database, ALICE)
    await unanswered(testbed.database, QuestionKind.BALANCE, update_id=1)
    (chat_id,) = await testbed.people(1)
    await follow(testbed.database, chat_id)
    client = open_redis(valkey.url)
    await client.config_set("maxmemory", "1")
    await testbed.started("dispatcher", "notifications")
    await testbed.trades([WHALE], 3)
    async with asyncio.timeout(20):
        while len(testbed.telegram.ledger.messages(chat_id)) < 3:  # noqa: ASYNC110 - the ledger counts no chats
            await asyncio.sleep(0.05)
        while "at present; nothing is lost" not in testbed.log_text():  # noqa: ASYNC110 - nor do logs
            await asyncio.sleep(0.05)
    await client.config_set("maxmemory", "0")
    async with asyncio.timeout(REENQUEUED_SECONDS):
        while not await client.llen("rq:queue:balance-check"):  # noqa: ASYNC110 - the same
            await asyncio.sleep(0.05)
    await client.aclose()
    await valkey.stop()


async def test_scenario_24_a_redis_that_forgot_the_last_second_makes_no_second_copy(
    testbed: WorkerTestbed,
) -> None:
    chats = await testbed.people(30)
    for chat_id in chats:
        await follow(testbed.database, chat_id)
    await testbed.started("dispatcher", "notifications")
    testbed.start("notifications", INSTANCE_ID="another")
    await testbed.trades([WHALE], 2)
    for count in (5, 20, 40):
        await testbed.until_messages(count)
        await testbed.redis.flushall()
    await testbed.until_sent(60)
    assert Counter(entry.chat_id for entry in testbed.telegram.ledger.messages()) == dict.fromkeys(chats, 2)


async def test_scenario_78_scans_that_nobody_answers_hold_up_no_alert(testbed: WorkerTestbed) -> None:
    (chat_id,) = await testbed.people(1)
    await follow(testbed.database, chat_id)
    for number in range(50):
        question = Question(
            question_id=0,
            kind=QuestionKind.SECURITY_SCAN,
            chat_id=chat_id,
            topic_id=0,
            message_id=5,
            subject=CHAIN,
            attempts=0,
        )
        await ask(testbed.database, question, update_id=number)
    await testbed.started("dispatcher", "notifications")
    async with asyncio.timeout(3):
        await testbed.trades([WHALE], 1)
        await testbed.until_sent(1)


async def test_a_thousand_steps_of_searches_that_wait_hold_up_no_alert(
    testbed: WorkerTestbed, queues: Queues
) -> None:
    chats = await testbed.people(3)
    for chat_id in chats:
        await follow(testbed.database, chat_id)
    await testbed.started("dispatcher", "notifications", "whale-search")
    steps = [SearchStepPayload(search_id=number, step_number=1) for number in range(1_000)]
    await asyncio.gather(*(queues.send(Queue.WHALE_SEARCH, step) for step in steps))
    slowest = 0.0
    for number in range(6):
        began = time.monotonic()
        await testbed.trades([WHALE], 1, first=number)
        await testbed.until_messages(len(chats) * (number + 1))
        slowest = max(slowest, time.monotonic() - began)
    assert slowest < ALERT_SECONDS
