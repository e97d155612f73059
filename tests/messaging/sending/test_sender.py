"""Deliveries reach their chats: once, in order, and whatever Telegram does."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from domain.delivery.deliveries import ChannelName, ClaimedDelivery, DeliveryState, Destination
from domain.delivery.facts import NO_FACTS, MessageFacts
from domain.delivery.results import DeliveryTransition, SendResult, SendStatus
from domain.errors import DatabaseUnavailable
from domain.rules.lanes import Lane
from messaging.sending import chat_sender as chat_sender_module
from messaging.sending import sender as sender_module
from messaging.sending.chat_batch import ChatBatch
from messaging.sending.rate_limiter import Limiter
from messaging.sending.sender import Sender
from messaging.telegram.channel import ChatLimits
from messaging.telegram.methods import Message, Methods
from runtime.observability import metrics
from runtime.processes.lifecycle import Stop
from sandbox.telegram.config import FloodLimits
from sandbox.telegram.faults import Fault, FaultKind
from sandbox.telegram.server import SandboxTelegram
from storage.coordination.limits import Limits
from storage.delivery.deliveries import recover
from storage.postgres import Database, open_database
from storage.redis import open_redis
from tests.domain.delivery.deliveries import delivery
from tests.messaging.senders import (
    Alone,
    WordsChannel,
    make_due,
    make_sender,
    no_facts,
    running,
    states,
    texts,
    until_states,
    words,
    words_sender,
)
from workers.delivery_store import StoredOutbox

pytestmark = pytest.mark.services


class FlakyOutbox(StoredOutbox):
    """Fails to note anything while `away`, and to mark `markless` times."""

    away = False
    markless = 0

    def __init__(self, database: Database, *, owner: str) -> None:
        super().__init__(database, owner=owner)
        self.refused = asyncio.Event()

    async def mark(self, delivery_ids: Sequence[int]) -> set[int]:
        if self.markless:
            self.markless -= 1
            raise DatabaseUnavailable("PostgreSQL: away")
        return await super().mark(delivery_ids)

    async def record_results(self, transitions: Sequence[DeliveryTransition]) -> None:
        if self.away:
            self.refused.set()
            raise DatabaseUnavailable("PostgreSQL: away")
        await super().record_results(transitions)


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    opened = await open_database(postgres_url)
    yield opened
    await opened.close()


async def test_each_chat_gets_each_alert_once_and_in_order(
    telegram: SandboxTelegram, methods: Methods, database: Database
) -> None:
    chats = [telegram.people.add_user(f"P{n}", started=True).id for n in range(20)]
    await make_due(database, chats, 10)
    async with running(*(make_sender(database, methods, owner=f"sender {n}") for n in range(3))):
        await until_states(database, *[DeliveryState.SENT] * 200)
    for chat_id in chats:
        assert texts(telegram, chat_id) == [f"signature-{n}" for n in range(10)]


async def test_a_wake_up_is_answered_at_once(
    telegram: SandboxTelegram,
    methods: Methods,
    database: Database,
    alice: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sender_module, "POLL_SECONDS", 60.0)
    sender = make_sender(database, methods)
    async with running(sender):
        await asyncio.sleep(0.1)
        await make_due(database, [alice])
        sender.wake()
        await telegram.ledger.wait_for(lambda entry: entry.kind == "message")


async def test_without_a_wake_up_it_finds_what_is_due(
    telegram: SandboxTelegram, methods: Methods, database: Database, alice: int
) -> None:
    async with running(make_sender(database, methods)):
        await make_due(database, [alice])
        await telegram.ledger.wait_for(lambda entry: entry.kind == "message", seconds=4)


async def test_e62_a_lost_answer_leads_to_one_marked_repeat(
    telegram: SandboxTelegram, methods: Methods, database: Database, alice: int
) -> None:
    telegram.faults.add(Fault(fault=FaultKind.DROP_ANSWER))
    await make_due(database, [alice])
    async with running(make_sender(database, methods)):
        await until_states(database, DeliveryState.SENT)
    assert texts(telegram, alice) == ["signature-0", "signature-0 again"]


async def test_e62_two_lost_answers_wait_to_be_named_and_end_in_no_third_copy(
    telegram: SandboxTelegram, methods: Methods, database: Database, alice: int
) -> None:
    telegram.faults.add(Fault(fault=FaultKind.DROP_ANSWER, times=2, chat_id=alice))
    await make_due(database, [alice])
    async with running(make_sender(database, methods)):
        await until_states(database, DeliveryState.UNCONFIRMED)
    assert len(texts(telegram, alice)) == 2


@pytest.mark.parametrize(
    "fault",
    [
        Fault(fault=FaultKind.FLOOD, retry_after=1),
        Fault(fault=FaultKind.SERVER_ERROR),
        Fault(fault=FaultKind.HTML),
    ],
    ids=lambda fault: fault.fault.value,
)
async def test_e64_a_refused_message_comes_later_and_before_the_next_of_its_chat(
    telegram: SandboxTelegram, methods: Methods, database: Database, alice: int, fault: Fault
) -> None:
    telegram.faults.add(fault)
    await make_due(database, [alice], 3)
    async with running(make_sender(database, methods)):
        await until_states(database, *[DeliveryState.SENT] * 3)
    assert [str(text).split()[0] for text in texts(telegram, alice)] == [f"signature-{n}" for n in range(3)]


async def test_e58_a_chat_that_blocked_the_bot_is_closed_and_asked_no_more(
    telegram: SandboxTelegram, methods: Methods, database: Database, alice: int
) -> None:
    telegram.people.block(alice)
    await make_due(database, [alice], 2)
    async with running(make_sender(database, methods)):
        await until_states(database, DeliveryState.DEAD, DeliveryState.PENDING)
        assert await database.fetchval("SELECT closed_reason FROM chats") is not None
    assert texts(telegram, alice) == []


async def test_e59_a_migrated_group_gets_its_messages_at_its_new_place(
    telegram: SandboxTelegram, methods: Methods, database: Database, alice: int
) -> None:
    group = telegram.people.add_group("Desk", {alice: "creator"}, kind="group")
    await make_due(database, [group], 2)
    moved = telegram.people.migrate(group)
    async with running(make_sender(database, methods)):
        await until_states(database, DeliveryState.SENT, DeliveryState.SENT)
    assert texts(telegram, moved) == ["signature-0", "signature-1"]
    assert [row["chat_id"] for row in await database.fetch("SELECT chat_id FROM chats")] == [moved]


async def test_e72_a_revoked_token_loses_nothing(
    telegram: SandboxTelegram,
    methods: Methods,
    database: Database,
    alice: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chat_sender_module, "TOKEN_REJECTED_WAIT", 0.3)
    monkeypatch.setattr("domain.delivery.results.TOKEN_REJECTED_WAIT", 0.3)
    telegram.faults.add(Fault(fault=FaultKind.ERROR, code=401, description="Unauthorized", times=2))
    await make_due(database, [alice], 3)
    async with running(make_sender(database, methods)):
        await until_states(database, *[DeliveryState.SENT] * 3)
    assert texts(telegram, alice) == [f"signature-{n}" for n in range(3)]


async def test_an_alert_without_words_is_tried_again_and_holds_up_nobody_else(
    telegram: SandboxTelegram, methods: Methods, database: Database, alice: int
) -> None:
    def stumbling(group: Sequence[ClaimedDelivery], facts: MessageFacts) -> Message:
        if group[0].chat_id == alice and not group[0].attempts:
            raise KeyError("a bug")
        return words(group, facts)

    bob = telegram.people.add_user("Bob", started=True).id
    await make_due(database, [alice, bob])
    outbox = StoredOutbox(database, owner="a")
    sender = words_sender(outbox, methods, Limiter(Alone(), rate=1000), render=stumbling)
    async with running(sender):
        await until_states(database, DeliveryState.SENT, DeliveryState.SENT)
    assert [entry.chat_id for entry in telegram.ledger.messages()] == [bob, alice]


async def test_the_stop_finishes_what_is_in_flight_and_gives_back_the_rest(
    telegram: SandboxTelegram, methods: Methods, database: Database, alice: int
) -> None:
    telegram.faults.add(Fault(fault=FaultKind.STALL_ANSWER, seconds=0.3))
    await make_due(database, [alice], 3)
    async with running(make_sender(database, methods)) as stop:
        await telegram.ledger.wait_for(lambda entry: entry.kind == "message")
        stop.set()
    assert await states(database) == ["sent", "pending", "pending"]
    assert await database.fetchval("SELECT count(*) FROM deliveries WHERE lease_owner IS NOT NULL") == 0


async def test_a_lease_that_ran_out_before_the_call_is_not_used(
    telegram: SandboxTelegram, methods: Methods, database: Database, alice: int
) -> None:
    await make_due(database, [alice])
    sender = make_sender(database, methods)
    outbox = StoredOutbox(database, owner="a")
    (claimed,) = await outbox.claim(1, Lane.BULK, spare_room=0)
    await database.execute("UPDATE deliveries SET lease_until = now() - interval '1 second'")
    batch = ChatBatch(
        destination=Destination(chat_id=alice),
        lane=Lane.NORMAL,
        deliveries=[claimed],
        facts=NO_FACTS,
        ends_at=float("inf"),
    )
    assert await sender._chat_sender.send_all(batch, Stop()) == 0.0
    assert batch.deliveries == []
    assert texts(telegram, alice) == []


async def test_a_database_that_is_away_for_a_moment_after_the_call_makes_no_repeat(
    telegram: SandboxTelegram, methods: Methods, database: Database, alice: int
) -> None:
    outbox = FlakyOutbox(database, owner="a")
    await make_due(database, [alice], 2)
    outbox.away = True
    async with running(words_sender(outbox, methods, Limiter(Alone(), rate=1000))):
        await telegram.ledger.wait_for(lambda entry: entry.kind == "message")
        outbox.away = False
        await until_states(database, DeliveryState.SENT, DeliveryState.SENT)
    assert texts(telegram, alice) == ["signature-0", "signature-1"]


async def test_a_database_that_is_away_before_the_call_costs_no_lease_time(
    telegram: SandboxTelegram, methods: Methods, database: Database, alice: int
) -> None:
    outbox = FlakyOutbox(database, owner="a")
    outbox.markless = 1
    await make_due(database, [alice], 2)
    async with running(words_sender(outbox, methods, Limiter(Alone(), rate=1000))):
        await until_states(database, DeliveryState.SENT, DeliveryState.SENT)
    assert texts(telegram, alice) == ["signature-0", "signature-1"]


async def test_a_database_that_is_away_after_the_call_makes_one_marked_repeat(
    telegram: SandboxTelegram,
    methods: Methods,
    database: Database,
    alice: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outbox = FlakyOutbox(database, owner="a")
    sender = words_sender(outbox, methods, Limiter(Alone(), rate=1000))
    await make_due(database, [alice])
    outbox.away = True
    monkeypatch.setattr(chat_sender_module, "RECORDING_SECONDS", 0.0)
    async with running(sender):
        await outbox.refused.wait()
        outbox.away = False
        await database.execute("UPDATE deliveries SET lease_until = now() - interval '1 second'")
        await recover(database)
        await until_states(database, DeliveryState.SENT)
    assert texts(telegram, alice) == ["signature-0", "signature-0 again"]


@pytest.fixture
async def limits(valkey_url: str) -> AsyncIterator[Limits]:
    client = open_redis(valkey_url)
    yield Limits(client)
    await client.aclose()


def limited_sender(database: Database, methods: Methods, limits: Limits, owner: str) -> Sender:
    return words_sender(StoredOutbox(database, owner=owner), methods, Limiter(limits, rate=27))


@pytest.mark.measures
async def test_e65_two_senders_together_never_meet_telegrams_flood_limit(
    telegram: SandboxTelegram, methods: Methods, database: Database, limits: Limits
) -> None:
    telegram.limit(FloodLimits())
    chats = [telegram.people.add_user(f"P{n}", started=True).id for n in range(45)]
    await make_due(database, chats, 2)
    before = _refusals()
    async with running(*(limited_sender(database, methods, limits, f"sender {n}") for n in range(2))):
        await until_states(database, *[DeliveryState.SENT] * 90)
    assert _refusals() == before
    times = sorted(entry.at_ms for entry in telegram.ledger.messages())
    assert times[-1] - times[0] < 4_500


async def test_a_busy_group_does_not_hold_up_others(
    telegram: SandboxTelegram, methods: Methods, database: Database, limits: Limits, alice: int
) -> None:
    group = telegram.people.add_group("Desk", {alice: "creator"})
    await make_due(database, [group], 30)
    sender = limited_sender(database, methods, limits, "a")
    async with running(sender):
        await telegram.ledger.wait_for(lambda entry: entry.kind == "message")
        seq = telegram.ledger.last
        await make_due(database, [alice], first=100)
        sender.wake()
        entry = await telegram.ledger.wait_for(lambda entry: entry.chat_id == alice, seq=seq, seconds=1.0)
    assert entry.text == "signature-100"
    assert len(texts(telegram, group)) < 5
    assert await database.fetchval("SELECT count(*) FROM deliveries WHERE lease_owner IS NOT NULL") == 0


def _refusals() -> float:
    return (
        metrics.REGISTRY.get_sample_value(
            "whale_watcher_deliveries_total", {"kind": "alert", "status": "refused"}
        )
        or 0.0
    )


class OneClaim(StoredOutbox):
    """Gives all that it has at once, and counts the claims that find nothing."""

    def __init__(self, deliveries: list[ClaimedDelivery]) -> None:
        self.left = deliveries
        self.open = len(deliveries)
        self.empty = 0
        self.done = asyncio.Event()

    async def claim(self, room: int, up_to: Lane, *, spare_room: int) -> list[ClaimedDelivery]:
        found, self.left = self.left, []
        self.empty += not found
        return found

    async def mark(self, delivery_ids: Sequence[int]) -> set[int]:
        return set(delivery_ids)

    async def record_results(self, transitions: Sequence[DeliveryTransition]) -> None:
        self.open -= len(transitions)
        if not self.open:
            self.done.set()


class OneAfterTheOther:
    """Takes a millisecond for each message."""

    def __init__(self) -> None:
        self._one = asyncio.Lock()

    async def send(self, message: Message) -> SendResult:
        async with self._one:
            await asyncio.sleep(0.001)
        return SendResult(status=SendStatus.ACCEPTED, message_id=message.chat_id)


async def test_without_an_order_one_look_serves_for_all_that_ends_at_about_the_same_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sender_module, "MIN_PAUSE", 0.2)
    outbox = OneClaim([replace(delivery(), delivery_id=number, chat_id=number) for number in range(1, 61)])
    limits = ChatLimits(limiter=Limiter(Alone(), rate=1000))
    channel = WordsChannel(methods=OneAfterTheOther(), limits=limits)  # type: ignore[arg-type]  # it sends alone
    channels = {ChannelName.TELEGRAM: channel}
    sender = Sender(outbox, channels, no_facts, group_messages=False, in_order=False)
    async with running(sender):
        await outbox.done.wait()
    assert outbox.empty < 20
