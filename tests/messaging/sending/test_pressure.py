"""Scenarios E57, E65, E66: more to send than Telegram takes; the urgent arrives, and nothing is lost."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator

import base58
import pytest

from bench.soak_pressure import events_sent
from domain.activity.activity import Kind
from domain.delivery.deliveries import ChannelName
from domain.rules.lanes import Lane
from messaging.sending.rate_limiter import Limiter
from messaging.sending.sender import Sender
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.channel import telegram_channel
from messaging.telegram.methods import Message, Methods
from runtime.processes.lifecycle import Stop
from sandbox.telegram.config import FloodLimits
from sandbox.telegram.faults import Fault, FaultKind
from sandbox.telegram.ledger import Entry
from sandbox.telegram.server import SandboxTelegram
from storage.coordination.limits import Limits
from storage.delivery.fan_out import fan_out_next
from storage.postgres import Database, open_database
from storage.redis import open_redis
from tests.messaging.senders import running, until
from tests.storage.sample_data import (
    fan_out_all,
    follow,
    happened,
    purchase,
    rules,
    tokens_without_redis,
)
from workers.delivery_store import StoredFacts, StoredOutbox

pytestmark = pytest.mark.services
RATE = 27
EXIT_WALLET = base58.b58encode(bytes([200] * 32)).decode()


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    opened = await open_database(postgres_url)
    yield opened
    await opened.close()


@pytest.fixture
async def limits(valkey_url: str) -> AsyncIterator[Limits]:
    client = open_redis(valkey_url)
    yield Limits(client)
    await client.aclose()


@pytest.fixture(autouse=True)
def _strict(telegram: SandboxTelegram) -> None:
    telegram.limit(FloodLimits())


def wallet(number: int) -> str:
    return base58.b58encode(bytes([number + 1] * 32)).decode()


def make_sender(database: Database, methods: Methods, limits: Limits, owner: str) -> Sender:
    channel = telegram_channel(methods, Limiter(limits, rate=RATE), Callbacks("1:token"))
    facts = StoredFacts(database, tokens=tokens_without_redis(database))
    return Sender(StoredOutbox(database, owner=owner), {ChannelName.TELEGRAM: channel}, facts.read)


async def all_are_sent(database: Database) -> bool:
    return not await database.fetchval("SELECT count(*) FROM deliveries WHERE state <> 'sent'")


async def assert_each_stands_once(database: Database, telegram: SandboxTelegram) -> None:
    rows = await database.fetch(
        "SELECT chat_id, message_id, count(*) AS number FROM deliveries GROUP BY chat_id, message_id"
    )
    carried = {(row["chat_id"], row["message_id"]): row["number"] for row in rows}
    messages = [entry for entry in telegram.ledger.messages() if "slot" in str(entry.text)]
    assert carried == {(one.chat_id, one.message_id): events_sent(str(one.text)) for one in messages}
    slots = Counter(
        (one.chat_id, slot) for one in messages for slot in re.findall(r"slot ([\d,]+)", str(one.text))
    )
    assert set(slots.values()) == {1}


async def test_e66_a_group_that_follows_many_busy_wallets_hears_of_each_event_once(
    telegram: SandboxTelegram, methods: Methods, database: Database, limits: Limits, alice: int
) -> None:
    group = telegram.people.add_group("Desk", {alice: "creator"})
    for number in range(40):
        await follow(database, group, wallet=wallet(number))
    await happened(database, *(purchase(n, wallet=wallet(n % 40)) for n in range(160)))
    await fan_out_all(database)
    async with running(*(make_sender(database, methods, limits, f"sender {n}") for n in range(2))):
        await until(lambda: all_are_sent(database))
    assert len(telegram.ledger.messages(group)) <= 5
    await assert_each_stands_once(database, telegram)
    assert await refusals(database) == 0


async def refusals(database: Database) -> int:
    return int(await database.fetchval("SELECT count(*) FROM deliveries WHERE error LIKE 'Too Many%'"))


async def test_a_burst_of_one_wallet_is_its_first_message_and_one_for_the_rest(
    telegram: SandboxTelegram, methods: Methods, database: Database, limits: Limits, alice: int
) -> None:
    await follow(database, alice)
    async with running(make_sender(database, methods, limits, "a")) as stop:
        for number in range(6):
            await happened(database, purchase(number))
            await fan_out_next(database, rules, coalesce_seconds=1.0)
        await until(lambda: all_are_sent(database))
        stop.set()
    assert [events_sent(str(entry.text)) for entry in telegram.ledger.messages(alice)] in ([1, 5], [6])
    await assert_each_stands_once(database, telegram)


async def test_e65_under_ten_times_the_load_exits_and_replies_go_first_and_nothing_is_lost(
    telegram: SandboxTelegram, methods: Methods, database: Database, limits: Limits, alice: int
) -> None:
    chats = [telegram.people.add_user(f"P{n}", started=True).id for n in range(120)]
    for chat_id in chats:
        await follow(database, chat_id, wallet=wallet(1))
    for chat_id in chats[:4]:
        await follow(database, chat_id, wallet=EXIT_WALLET)
    await happened(database, *(purchase(number, wallet=wallet(1)) for number in range(10)))
    await fan_out_all(database)
    senders = [make_sender(database, methods, limits, f"sender {n}") for n in range(3)]
    async with running(*senders) as stop, asyncio.TaskGroup() as group:
        talk = group.create_task(replies(methods, limits, alice, stop))
        await telegram.ledger.wait_for(lambda entry: entry.kind == "message")
        late = [await exit_arrives(database, telegram, senders[0], n, chats[:4]) for n in (1, 2)]
        assert await database.fetchval("SELECT count(*) FROM deliveries WHERE state <> 'sent'") > 0
        async with asyncio.timeout(20):
            await until(lambda: all_are_sent(database))
        stop.set()
    assert max(late) < 5.0
    assert sorted(talk.result())[int(0.95 * len(talk.result()))] < 2.0
    assert await refusals(database) == 0
    await assert_each_stands_once(database, telegram)


async def exit_arrives(
    database: Database, telegram: SandboxTelegram, sender: Sender, number: int, chats: list[int]
) -> float:
    """Seconds from a sell stored to its last message."""
    seq, began = telegram.ledger.last, time.monotonic()
    await happened(database, purchase(1_000 + number, wallet=EXIT_WALLET, kind=Kind.SELL))
    await fan_out_all(database)
    sender.wake()
    slot = f"slot {1_100 + number:,}"

    def is_sent(_: Entry) -> bool:
        entries = telegram.ledger.since(seq, kind="message")
        return {entry.chat_id for entry in entries if slot in str(entry.text)} >= set(chats)

    await telegram.ledger.wait_for(is_sent, seq=seq, seconds=8)
    return time.monotonic() - began


async def replies(methods: Methods, limits: Limits, chat_id: int, stop: Stop) -> list[float]:
    """A person talks to the bot once a second meanwhile; how long each reply waits for the limits."""
    limiter = Limiter(limits, rate=RATE)
    waits = []
    while not stop.is_set():
        began = time.monotonic()
        assert await limiter.admit(chat_id, patience=5.0, lane=Lane.REPLIES) == 0.0
        await methods.send(Message(chat_id=chat_id, text="a reply"))
        waits.append(time.monotonic() - began)
        await stop.sleep(1.0)
    return waits


async def test_e57_a_refusal_silences_the_chat_for_every_sender_and_the_order_is_kept(
    telegram: SandboxTelegram, methods: Methods, database: Database, limits: Limits, alice: int
) -> None:
    telegram.faults.add(Fault(fault=FaultKind.FLOOD, retry_after=3, chat_id=alice))
    await follow(database, alice)
    await happened(database, purchase(0), purchase(1))
    await fan_out_all(database)
    began = time.monotonic()
    async with running(*(make_sender(database, methods, limits, f"sender {n}") for n in range(3))):
        await until(lambda: all_are_sent(database))
    assert time.monotonic() - began >= 3.0
    texts = " ".join(str(entry.text) for entry in telegram.ledger.messages(alice))
    assert texts.index("slot 100") < texts.index("slot 101")
    await assert_each_stands_once(database, telegram)
