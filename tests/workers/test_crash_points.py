"""Scenarios A4 to A6, A14, B18 and B19: the workers die at exact points, and Redis loses all it held."""

import asyncio
import re
import signal
from collections import Counter

import pytest
from msgspec import structs

from domain.activity.activity import Activity, Leg
from runtime.embedded.valkey import EmbeddedValkey
from storage.coordination.wake_ups import wake
from storage.keys import ALERTS_CHANNEL
from tests.forking import ForkedProgram
from tests.storage.patterns.samples import AHAB, BELA, CORA, trade
from tests.storage.sample_data import WHALE, follow, happened, purchase
from tests.workers.conftest import WorkerTestbed

pytestmark = [pytest.mark.services, pytest.mark.e2e]
CHATS = 12
MARK = "Possible repeat"
DECIDED_PATTERNS = """
SELECT count(*) FROM deliveries JOIN alerts USING (alert_id) WHERE alerts.kind = 'pattern'
"""


async def followers(testbed: WorkerTestbed, count: int = CHATS) -> list[int]:
    chats = await testbed.people(count)
    for chat_id in chats:
        await follow(testbed.database, chat_id, label="Toly")
    return chats


def purchase_of(token: int, number: int) -> Activity:
    """So few of each token are no pattern."""
    leg = Leg(mint=f"token-{token}", raw=3_841_012_345, decimals=5)
    return structs.replace(purchase(number), received=(leg,))


def copies(testbed: WorkerTestbed) -> Counter[int | None]:
    return Counter(entry.chat_id for entry in testbed.telegram.ledger.messages())


async def die(testbed: WorkerTestbed, name: str, fault: str) -> None:
    """Start a worker that ends at this point, and wait until it has."""
    await until_dead(testbed, testbed.start(name, WHALE_WATCHER_FAILPOINT=fault))


async def until_dead(testbed: WorkerTestbed, process: ForkedProgram) -> None:
    """Wait until a worker has killed itself, and end its leases."""
    assert await asyncio.to_thread(process.wait, 20) == -signal.SIGKILL
    await testbed.expire_leases()


@pytest.mark.parametrize("fault", ["fan-out", "fan-out:2", "fanned-out"])
async def test_a4_a_fan_out_killed_half_way_reaches_everybody_once(
    testbed: WorkerTestbed, fault: str
) -> None:
    chats = await followers(testbed, 400)
    await testbed.trades([WHALE], 1)
    await die(testbed, "dispatcher", fault)
    await testbed.started("dispatcher")
    await wake(testbed.redis, ALERTS_CHANNEL)
    async with asyncio.timeout(10):
        while (await testbed.states()).get("pending", 0) < len(chats):  # noqa: ASYNC110 - rows raise no events
            await asyncio.sleep(0.05)
    addressed = await testbed.database.fetchval("SELECT count(DISTINCT chat_id) FROM deliveries")
    assert (addressed, await testbed.states()) == (400, {"pending": 400})


async def test_a5_a_sender_killed_before_the_call_makes_no_repeat(testbed: WorkerTestbed) -> None:
    chats = await followers(testbed)
    await testbed.started("dispatcher")
    await testbed.trades([WHALE], 1)
    await die(testbed, "notifications", "claimed")
    assert copies(testbed) == Counter()
    testbed.start("notifications")
    await testbed.until_sent(len(chats))
    assert copies(testbed) == Counter(chats)
    assert not any(MARK in str(entry.text) for entry in testbed.telegram.ledger.messages())


@pytest.mark.parametrize(("fault", "first_copies"), [("marked", 0), ("accepted", 1), ("noting", 1)])
async def test_a6_a_sender_killed_around_the_call_makes_one_marked_repeat(
    testbed: WorkerTestbed, fault: str, first_copies: int
) -> None:
    (chat_id,) = await followers(testbed, 1)
    await testbed.started("dispatcher")
    await testbed.trades([WHALE], 1)
    await die(testbed, "notifications", fault)
    assert copies(testbed)[chat_id] == first_copies
    testbed.start("notifications")
    await testbed.until_sent(1)
    *_, last = testbed.telegram.ledger.messages(chat_id)
    assert copies(testbed)[chat_id] == first_copies + 1
    assert MARK in str(last.text)
    assert await testbed.database.fetchval("SELECT ambiguous_sends FROM deliveries") == 1


async def test_a6_a_message_for_many_events_is_repeated_whole_and_once(testbed: WorkerTestbed) -> None:
    (chat_id,) = await followers(testbed, 1)
    testbed.environment["COALESCE_SECONDS"] = "2"
    await testbed.started("dispatcher")
    doomed = testbed.start("notifications", WHALE_WATCHER_FAILPOINT="accepted:2")
    await testbed.until_alive("dispatcher", "notifications")  # a late sender finds all events in one message
    await happened(testbed.database, *(purchase_of(number % 4, number) for number in range(8)))
    await wake(testbed.redis, ALERTS_CHANNEL)
    await until_dead(testbed, doomed)
    testbed.start("notifications")
    await testbed.until_sent(8)
    texts = [str(entry.text) for entry in testbed.telegram.ledger.messages(chat_id)]
    addressed = Counter(
        slot for text in texts if MARK not in text for slot in re.findall(r"slot (\d+)", text)
    )
    assert addressed == Counter(str(number) for number in range(100, 108))
    repeated = Counter(slot for text in texts if MARK in text for slot in re.findall(r"slot (\d+)", text))
    assert set(repeated.values()) == {1}
    counted = await testbed.database.fetchval("SELECT sum(ambiguous_sends) FROM deliveries")
    assert repeated.total() == counted
    ids = await testbed.database.fetch("SELECT message_id, count(*) AS n FROM deliveries GROUP BY message_id")
    assert sum(row["n"] for row in ids) == 8


async def test_a6_a_recorded_result_is_never_sent_again(testbed: WorkerTestbed) -> None:
    chats = await followers(testbed, 1)
    await testbed.started("dispatcher")
    await testbed.trades([WHALE], 1)
    await die(testbed, "notifications", "noted")
    testbed.start("notifications")
    await testbed.until_sent(1)
    assert copies(testbed) == Counter(chats)


async def test_a14_a_sender_that_is_asked_to_stop_leaves_nothing_ambiguous(testbed: WorkerTestbed) -> None:
    chats = await followers(testbed)
    _, sender = await testbed.started("dispatcher", "notifications")
    await testbed.trades([WHALE], 2)
    await testbed.until_messages(5)
    sender.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(sender.wait, 35) == 0
    states = await testbed.states()
    assert set(states) <= {"sent", "pending"}
    assert (
        await testbed.database.fetchval("SELECT count(*) FROM deliveries WHERE lease_owner IS NOT NULL") == 0
    )
    testbed.start("notifications")
    await testbed.until_sent(2 * len(chats))
    assert set(copies(testbed).values()) == {2}


async def test_b18_an_emptied_redis_costs_a_moment(testbed: WorkerTestbed) -> None:
    chats = await followers(testbed)
    await testbed.started("dispatcher", "notifications")
    await testbed.trades([WHALE], 1)
    await testbed.redis.flushall()
    await testbed.until_sent(len(chats))
    assert copies(testbed) == Counter(chats)


async def test_b19_without_redis_alerts_go_on_more_slowly(
    testbed: WorkerTestbed, tmp_path_factory: pytest.TempPathFactory
) -> None:
    valkey = EmbeddedValkey(tmp_path_factory.mktemp("valkey"), durable=False)
    await valkey.start()
    testbed.environment["REDIS_URL"] = valkey.url
    chats = await followers(testbed)
    await testbed.started("dispatcher", "notifications")
    await valkey.stop()
    await testbed.trades([WHALE], 1)
    await testbed.until_sent(len(chats))
    assert copies(testbed) == Counter(chats)


@pytest.mark.parametrize("fault", ["finding", "found"])
async def test_a4_a_finder_of_patterns_killed_half_way_reports_each_once(
    testbed: WorkerTestbed, fault: str
) -> None:
    chats = await testbed.people(3)
    for wallet in (AHAB, BELA, CORA):
        for chat_id in chats:
            await follow(testbed.database, chat_id, wallet=wallet)
    await happened(testbed.database, *(trade(wallet, 5) for wallet in (AHAB, BELA, CORA)))
    await die(testbed, "dispatcher", fault)
    await testbed.started("dispatcher")
    async with asyncio.timeout(10):
        while await testbed.database.fetchval(DECIDED_PATTERNS) < len(chats):  # noqa: ASYNC110 - rows raise no events
            await asyncio.sleep(0.05)
    assert await testbed.database.fetchval("SELECT count(*) FROM alerts WHERE kind = 'pattern'") == 1
    assert await testbed.database.fetchval(DECIDED_PATTERNS) == len(chats)
