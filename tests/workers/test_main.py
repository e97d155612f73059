"""The worker programs end to end: real processes, killed in the middle, told to stop, cut off from Redis."""

import asyncio
import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import base58
import pytest
from rq import Queue as RqQueue
from rq.serializers import JSONSerializer

from domain.jobs import Queue
from runtime.embedded.valkey import EmbeddedValkey
from storage.redis import open_blocking_redis
from tests.storage.sample_data import WHALE, follow
from tests.workers.conftest import ROOT, WorkerTestbed
from workers.__main__ import main

pytestmark = [pytest.mark.services, pytest.mark.e2e]
CHATS = 34
WALLETS = [base58.b58encode(bytes([number + 1] * 32)).decode() for number in range(CHATS)]


async def follow_each_their_own(testbed: WorkerTestbed) -> None:
    for chat_id, wallet in zip(await testbed.people(CHATS), WALLETS, strict=True):
        await follow(testbed.database, chat_id, wallet=wallet, label="Toly")


def copies(testbed: WorkerTestbed) -> Counter[tuple[int | None, str]]:
    """Return how often each alert, known by its slot, stands in its chat."""
    return Counter(
        (entry.chat_id, re.findall(r"slot ([\d,]+)", str(entry.text))[0])
        for entry in testbed.telegram.ledger.messages()
    )


def marked(testbed: WorkerTestbed) -> int:
    return sum("Possible repeat" in str(entry.text) for entry in testbed.telegram.ledger.messages())


async def test_an_alert_reaches_its_chat_with_its_words_and_buttons(testbed: WorkerTestbed) -> None:
    (chat_id,) = await testbed.people(1)
    await follow(testbed.database, chat_id, label="Toly")
    await testbed.started("dispatcher", "notifications")
    await testbed.trades([WHALE], 1)
    await testbed.until_sent(1)
    (entry,) = testbed.telegram.ledger.messages(chat_id)
    assert str(entry.text).startswith("🟢 Toly bought 38.4K BONK for 84.2 SOL\n")
    assert entry.message is not None
    assert entry.message.reply_markup is not None
    rows = [[button.text for button in row] for row in entry.message.reply_markup.inline_keyboard]
    assert rows == [["📋 Copy mint", "🛡 Scan"], ["🔕 Mute Toly", "❔ Why", "🤏 Less"]]
    assert testbed.telegram.token.partition(":")[2] not in testbed.log_text()


async def test_a_killed_sender_loses_nothing_and_doubles_nothing_unmarked(testbed: WorkerTestbed) -> None:
    await follow_each_their_own(testbed)
    _, sender = await testbed.started("dispatcher", "notifications")
    assert await testbed.trades(WALLETS, 3) == 3 * CHATS
    await testbed.until_messages(30)
    sender.send_signal(signal.SIGKILL)
    await asyncio.to_thread(sender.wait, 10)
    assert len(testbed.telegram.ledger.messages()) < 3 * CHATS
    await testbed.expire_leases()
    testbed.start("notifications")
    await testbed.until_sent(3 * CHATS)
    found = copies(testbed)
    assert len(found) == 3 * CHATS
    assert sum(found.values()) - len(found) <= marked(testbed)
    assert max(found.values()) <= 2


async def test_a_killed_dispatcher_loses_nothing_and_doubles_nothing(testbed: WorkerTestbed) -> None:
    await follow_each_their_own(testbed)
    dispatcher, _ = await testbed.started("dispatcher", "notifications")
    await testbed.trades(WALLETS, 3)
    await testbed.until_messages(1)
    dispatcher.send_signal(signal.SIGKILL)
    await asyncio.to_thread(dispatcher.wait, 10)
    testbed.start("dispatcher")
    await testbed.trades(WALLETS[:2], 1, first=3 * CHATS)
    await testbed.until_sent(3 * CHATS + 2)
    assert set(copies(testbed).values()) == {1}
    assert marked(testbed) == 0


async def test_a_stop_finishes_what_is_in_flight(testbed: WorkerTestbed) -> None:
    await follow_each_their_own(testbed)
    processes = await testbed.started("dispatcher", "notifications")
    await testbed.trades(WALLETS, 3)
    await testbed.until_messages(20)
    for process in processes:
        process.send_signal(signal.SIGTERM)
    assert [await asyncio.to_thread(process.wait, 10) for process in processes] == [0, 0]
    assert set(await testbed.states()) <= {"sent", "pending"}
    assert (
        await testbed.database.fetchval("SELECT count(*) FROM deliveries WHERE lease_owner IS NOT NULL") == 0
    )
    assert await testbed.database.fetchval("SELECT count(*) FROM instances") == 0
    assert len(testbed.telegram.ledger.messages()) == (await testbed.states())["sent"]


async def test_b19_alerts_arrive_while_redis_is_away_and_after_it_came_back_empty(
    testbed: WorkerTestbed, tmp_path: Path
) -> None:
    valkey = EmbeddedValkey(tmp_path / "valkey", durable=False)
    await valkey.start()
    testbed.environment["REDIS_URL"] = valkey.url
    (chat_id,) = await testbed.people(1)
    await follow(testbed.database, chat_id)
    processes = await testbed.started("dispatcher", "notifications")
    await valkey.stop()
    await testbed.trades([WHALE], 1)
    await testbed.until_sent(1)
    await valkey.start()
    await testbed.trades([WHALE], 1, first=1)
    await testbed.until_sent(2)
    assert [process.poll() for process in processes] == [None, None]
    await valkey.stop()


async def test_scenario_80_a_job_that_names_a_shell_is_refused_and_the_worker_goes_on(
    testbed: WorkerTestbed, tmp_path: Path
) -> None:
    (chat_id,) = await testbed.people(1)
    await follow(testbed.database, chat_id)
    await testbed.started("dispatcher", "notifications")
    with open_blocking_redis(testbed.environment["REDIS_URL"]) as client:
        queue = RqQueue(Queue.NOTIFICATIONS.value, connection=client, serializer=JSONSerializer)
        job = queue.enqueue("os.system", f"touch {tmp_path}/owned")
        async with asyncio.timeout(10):
            while str(job.get_status(refresh=True)) not in {"failed", "JobStatus.FAILED"}:  # noqa: ASYNC110 - RQ tells nobody
                await asyncio.sleep(0.05)
    await testbed.trades([WHALE], 1)
    await testbed.until_sent(1)
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("arguments", [[], ["nobody"], ["dispatcher", "notifications"]])
def test_a_wrong_name_is_answered_with_the_right_ones(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert "{dispatcher,notifications,security-scan,balance-check,whale-search,maintenance}" in said


def test_missing_settings_are_reported_at_once(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "workers", "notifications"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    assert done.returncode == 2
    assert {"DATABASE_URL", "REDIS_URL", "BOT_TOKEN"} <= set(re.findall(r"[A-Z_]{6,}", done.stderr))


async def test_a_database_that_is_away_at_the_start_is_waited_for_and_named_without_its_password(
    testbed: WorkerTestbed,
) -> None:
    process = testbed.start("notifications", DATABASE_URL="postgresql://u:secretpw@127.0.0.1:9/x")
    async with asyncio.timeout(20):
        while testbed.log_text().count("does not answer at DATABASE_URL") < 2:  # noqa: ASYNC110 - a text
            await asyncio.sleep(0.05)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(process.wait, 20) == 0
    assert "secretpw" not in testbed.log_text()
