"""Scenarios A4 to A6, A14, B18 and B19: the workers die at exact points, and Redis loses all it held."""

import asyncio
import re
import signal
import subprocess
from collections import Counter

import pytest

from runtime.embedded.valkey import EmbeddedValkey
from storage.coordination.wake_ups import wake
from storage.keys import ALERTS_CHANNEL
from tests.storage.sample_data import WHALE, follow
from tests.workers.conftest import Town

pytestmark = [pytest.mark.services, pytest.mark.e2e]
CHATS = 12
MARK = "Possible repeat"


async def followers(town: Town, count: int = CHATS) -> list[int]:
    chats = await town.people(count)
    for chat_id in chats:
        await follow(town.database, chat_id, label="Toly")
    return chats


def copies(town: Town) -> Counter[int | None]:
    return Counter(entry.chat_id for entry in town.telegram.ledger.messages())


async def die(town: Town, name: str, fault: str) -> None:
    """Start a worker that ends at this point, and wait until it has."""
    await until_dead(town, town.start(name, WHALE_WATCHER_FAILPOINT=fault))


async def until_dead(town: Town, process: subprocess.Popen[bytes]) -> None:
    """Wait until a worker has killed itself, and end its leases."""
    assert await asyncio.to_thread(process.wait, 20) == -signal.SIGKILL
    await town.expire_leases()


@pytest.mark.parametrize("fault", ["fan-out", "fan-out:2", "fanned-out"])
async def test_a4_a_fan_out_killed_half_way_reaches_everybody_once(town: Town, fault: str) -> None:
    chats = await followers(town, 400)
    await town.trades([WHALE], 1)
    await die(town, "dispatcher", fault)
    await town.started("dispatcher")
    await wake(town.redis, ALERTS_CHANNEL)
    async with asyncio.timeout(10):
        while (await town.states()).get("pending", 0) < len(chats):  # noqa: ASYNC110 - rows raise no events
            await asyncio.sleep(0.05)
    addressed = await town.database.fetchval("SELECT count(DISTINCT chat_id) FROM deliveries")
    assert (addressed, await town.states()) == (400, {"pending": 400})


async def test_a5_a_sender_killed_before_the_call_makes_no_repeat(town: Town) -> None:
    chats = await followers(town)
    await town.started("dispatcher")
    await town.trades([WHALE], 1)
    await die(town, "notifications", "claimed")
    assert copies(town) == Counter()
    town.start("notifications")
    await town.until_sent(len(chats))
    assert copies(town) == Counter(chats)
    assert not any(MARK in str(entry.text) for entry in town.telegram.ledger.messages())


@pytest.mark.parametrize(("fault", "first_copies"), [("marked", 0), ("accepted", 1), ("noting", 1)])
async def test_a6_a_sender_killed_around_the_call_makes_one_marked_repeat(
    town: Town, fault: str, first_copies: int
) -> None:
    (chat_id,) = await followers(town, 1)
    await town.started("dispatcher")
    await town.trades([WHALE], 1)
    await die(town, "notifications", fault)
    assert copies(town)[chat_id] == first_copies
    town.start("notifications")
    await town.until_sent(1)
    *_, last = town.telegram.ledger.messages(chat_id)
    assert copies(town)[chat_id] == first_copies + 1
    assert MARK in str(last.text)
    assert await town.database.fetchval("SELECT ambiguous_sends FROM deliveries") == 1


async def test_a6_a_message_for_many_events_is_repeated_whole_and_once(town: Town) -> None:
    (chat_id,) = await followers(town, 1)
    town.environment["COALESCE_SECONDS"] = "2"
    await town.started("dispatcher")
    doomed = town.start("notifications", WHALE_WATCHER_FAILPOINT="accepted:2")
    await town.until_alive("dispatcher", "notifications")  # a late sender finds all events in one message
    await town.trades([WHALE], 8)
    await until_dead(town, doomed)
    town.start("notifications")
    await town.until_sent(8)
    texts = [str(entry.text) for entry in town.telegram.ledger.messages(chat_id)]
    addressed = Counter(
        slot for text in texts if MARK not in text for slot in re.findall(r"slot (\d+)", text)
    )
    assert addressed == Counter(str(number) for number in range(100, 108))
    repeated = Counter(slot for text in texts if MARK in text for slot in re.findall(r"slot (\d+)", text))
    assert set(repeated.values()) == {1}
    counted = await town.database.fetchval("SELECT sum(ambiguous_sends) FROM deliveries")
    assert repeated.total() == counted
    ids = await town.database.fetch("SELECT message_id, count(*) AS n FROM deliveries GROUP BY message_id")
    assert sum(row["n"] for row in ids) == 8


async def test_a6_a_recorded_result_is_never_sent_again(town: Town) -> None:
    chats = await followers(town, 1)
    await town.started("dispatcher")
    await town.trades([WHALE], 1)
    await die(town, "notifications", "noted")
    town.start("notifications")
    await town.until_sent(1)
    assert copies(town) == Counter(chats)


async def test_a14_a_sender_that_is_asked_to_stop_leaves_nothing_ambiguous(town: Town) -> None:
    chats = await followers(town)
    _, sender = await town.started("dispatcher", "notifications")
    await town.trades([WHALE], 2)
    await town.until_messages(5)
    sender.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(sender.wait, 35) == 0
    states = await town.states()
    assert set(states) <= {"sent", "pending"}
    assert await town.database.fetchval("SELECT count(*) FROM deliveries WHERE lease_owner IS NOT NULL") == 0
    town.start("notifications")
    await town.until_sent(2 * len(chats))
    assert set(copies(town).values()) == {2}


async def test_b18_an_emptied_redis_costs_a_moment(town: Town) -> None:
    chats = await followers(town)
    await town.started("dispatcher", "notifications")
    await town.trades([WHALE], 1)
    await town.redis.flushall()
    await town.until_sent(len(chats))
    assert copies(town) == Counter(chats)


async def test_b19_without_redis_alerts_go_on_more_slowly(
    town: Town, tmp_path_factory: pytest.TempPathFactory
) -> None:
    valkey = EmbeddedValkey(tmp_path_factory.mktemp("valkey"), durable=False)
    await valkey.start()
    town.environment["REDIS_URL"] = valkey.url
    chats = await followers(town)
    await town.started("dispatcher", "notifications")
    await valkey.stop()
    await town.trades([WHALE], 1)
    await town.until_sent(len(chats))
    assert copies(town) == Counter(chats)
