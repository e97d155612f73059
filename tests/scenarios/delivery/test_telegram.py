"""Scenarios 60, 61, 63, 67: each refusal of Telegram has its own action, and what was not sent comes once."""

from dataclasses import replace

import pytest

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.chats import Chat, ChatKind
from domain.delivery.deliveries import DeliveryState
from domain.delivery.facts import DigestEntry
from domain.delivery.results import SendResult, SendStatus
from messaging.sending.rate_limiter import Limiter
from messaging.sending.sender import Sender
from messaging.telegram.channel import MessageSender
from messaging.telegram.escaping import plain
from messaging.telegram.http import time_limits
from messaging.telegram.methods import Message, Methods
from messaging.telegram.texts.alert_kind import AlertFacts
from messaging.telegram.texts.digest import digest_text
from messaging.telegram.texts.group import MAX_TEXT, group_text
from runtime.clock import now
from runtime.observability import metrics
from sandbox.telegram.faults import Fault, FaultKind
from sandbox.telegram.server import SandboxTelegram
from storage.chats.chats import saw_chat
from storage.chats.watches import add_watch
from storage.delivery.fan_out import fan_out_next
from storage.postgres import Database
from tests.messaging.senders import (
    Alone,
    RecordedMethods,
    make_due,
    make_sender,
    running,
    texts,
    until,
    until_states,
    words_sender,
)
from tests.storage.sample_data import happened, purchase, rules, watch_for
from workers.delivery_store import StoredOutbox

pytestmark = pytest.mark.services
NO_RIGHT = "Bad Request: not enough rights to send text messages to the chat"
NOT_HTML = "Bad Request: can't parse entities: Unsupported start tag"


def sending_by(database: Database, methods: MessageSender) -> Sender:
    limiter = Limiter(Alone(slower=0.001), rate=1000)
    return words_sender(StoredOutbox(database, owner="a"), methods, limiter)


def counted(fallback: str) -> float:
    return float(metrics.telegram_fallbacks.labels(fallback)._value.get())


@pytest.mark.parametrize(("refusals", "state"), [(1, DeliveryState.SENT), (2, DeliveryState.DEAD)])
async def test_scenario_60_unreadable_markup_falls_back_to_plain_text_once_and_is_counted(
    telegram: SandboxTelegram,
    methods: Methods,
    database: Database,
    alice: int,
    refusals: int,
    state: DeliveryState,
) -> None:
    before = counted("plain")
    telegram.faults.add(Fault(fault=FaultKind.ERROR, code=400, description=NOT_HTML, times=refusals))
    await make_due(database, [alice])
    async with running(make_sender(database, methods)):
        await until_states(database, state)
    assert counted("plain") == before + 1
    assert texts(telegram, alice) == (["signature-0"] if state is DeliveryState.SENT else [])
    assert await database.fetchval("SELECT closed_at FROM chats") is None


async def test_scenario_61_a_chat_that_is_not_found_is_closed(
    telegram: SandboxTelegram, methods: Methods, database: Database, alice: int
) -> None:
    telegram.faults.add(Fault(fault=FaultKind.CHAT_NOT_FOUND))
    await make_due(database, [alice], 2)
    async with running(make_sender(database, methods)):
        await until_states(database, DeliveryState.DEAD, DeliveryState.PENDING)
    assert "chat not found" in await database.fetchval("SELECT closed_reason FROM chats")
    assert telegram.ledger.messages(alice) == []


async def test_scenario_61_a_group_that_takes_the_right_to_write_is_suspended_until_it_gives_it_back(
    telegram: SandboxTelegram, methods: Methods, database: Database, alice: int
) -> None:
    group = telegram.people.add_group("Desk", {alice: "creator"})
    telegram.faults.add(Fault(fault=FaultKind.ERROR, code=400, description=NO_RIGHT, chat_id=group, times=2))
    await make_due(database, [group], 3)
    async with running(make_sender(database, methods)):
        await until(lambda: _is_suspended(database))
        await until_states(database, *[DeliveryState.SENT] * 3)
    assert texts(telegram, group) == [f"signature-{number}" for number in range(3)]
    assert await database.fetchval("SELECT closed_at FROM chats") is None
    assert not await _is_suspended(database)


async def _is_suspended(database: Database) -> bool:
    return await database.fetchval("SELECT suspended_at IS NOT NULL FROM chats") is True


async def test_scenario_61_what_was_for_a_deleted_topic_comes_in_general(
    telegram: SandboxTelegram, methods: Methods, database: Database, alice: int
) -> None:
    group = telegram.people.add_group("Desk", {alice: "creator"}, forum=True)
    topic = telegram.people.add_topic(group, "Whales", alice)
    await saw_chat(database, Chat(chat_id=group, kind=ChatKind.SUPERGROUP, title="Desk"))
    await add_watch(database, replace(watch_for(group), topic_id=topic), created_by=alice)
    telegram.people.remove_topic(group, topic)
    await happened(database, purchase())
    await fan_out_next(database, rules)
    before = counted("general")
    async with running(sending_by(database, IntoTopic(methods, topic))):
        await until_states(database, DeliveryState.SENT)
    (message,) = telegram.ledger.messages(group)
    assert message.text == "signature-0"
    assert counted("general") == before + 1
    assert await database.fetchval("SELECT closed_at FROM chats") is None


class IntoTopic:
    """Sends each message into a topic."""

    def __init__(self, methods: Methods, topic: int) -> None:
        self._methods = methods
        self._topic = topic

    async def send(self, message: Message) -> SendResult:
        return await self._methods.send(replace(message, topic_id=self._topic))

    async def edit(self, message: Message, message_id: int) -> SendResult:
        return await self._methods.edit(message, message_id)


class FirstGoesWrong:
    """Sends by one client first, then by another."""

    def __init__(self, broken: Methods, methods: Methods) -> None:
        self._broken = broken
        self._methods = methods
        self.results: list[SendResult] = []

    async def send(self, message: Message) -> SendResult:
        self.results.append(await (self._methods if self.results else self._broken).send(message))
        return self.results[-1]

    async def edit(self, message: Message, message_id: int) -> SendResult:
        return await self._methods.edit(message, message_id)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9", "http://no-such-host.invalid"], ids=["refused", "no such name"]
)
async def test_scenario_63_what_never_left_is_tried_again_and_arrives_once_unmarked(
    telegram: SandboxTelegram, methods: Methods, database: Database, alice: int, address: str
) -> None:
    broken = Methods(telegram.token, address)
    await broken.open()
    wrong = FirstGoesWrong(broken, methods)
    await make_due(database, [alice])
    async with running(sending_by(database, wrong)):
        await until_states(database, DeliveryState.SENT)
    await broken.close()
    assert [one.status for one in wrong.results] == [SendStatus.REFUSED, SendStatus.ACCEPTED]
    assert texts(telegram, alice) == ["signature-0"]
    assert await database.fetchval("SELECT ambiguous_sends FROM deliveries") == 0


async def test_scenario_63_what_got_no_connection_in_time_is_tried_again_unmarked(
    telegram: SandboxTelegram, database: Database, alice: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.telegram.methods._LIMITS", time_limits(connect=0.2))
    bob = telegram.people.add_user("Bob", started=True).id
    telegram.faults.add(Fault(fault=FaultKind.STALL, seconds=0.6, chat_id=alice))
    narrow = Methods(telegram.token, telegram.url, connections=1)
    await narrow.open()
    recorded = RecordedMethods(narrow)
    await make_due(database, [alice, bob])
    async with running(sending_by(database, recorded)):
        await until_states(database, DeliveryState.SENT, DeliveryState.SENT)
    await narrow.close()
    assert SendStatus.REFUSED in {one.status for one in recorded.results}
    assert SendStatus.AMBIGUOUS not in {one.status for one in recorded.results}
    assert [len(texts(telegram, chat)) for chat in (alice, bob)] == [1, 1]
    assert await database.fetchval("SELECT sum(ambiguous_sends) FROM deliveries") == 0


HOSTILE = "\u202e💎🐋<b>&amp;" * 8


LABELS = [HOSTILE, "💎" * 32, "عربى " * 6, "&<>" * 10]


@pytest.mark.parametrize("label", LABELS)
async def test_scenario_67_a_message_of_sixty_hostile_events_is_taken_whole(
    telegram: SandboxTelegram, methods: Methods, alice: int, label: str
) -> None:
    text = group_text([_event(number, label) for number in range(60)])
    assert len(plain(text).encode("utf-16-le")) // 2 <= MAX_TEXT
    result = await methods.send(Message(chat_id=alice, text=text))
    assert result.status is SendStatus.ACCEPTED
    (entry,) = telegram.ledger.messages(alice)
    assert "60 trades" in (entry.text or "")


@pytest.mark.parametrize("label", LABELS)
async def test_scenario_67_a_digest_of_a_thousand_hostile_events_is_taken_whole(
    telegram: SandboxTelegram, methods: Methods, alice: int, label: str
) -> None:
    entries = [
        DigestEntry(
            label=label,
            subject=f"{'w' * 38}{wallet:02}",
            sort=kind.value,
            number=1_000_000 if wallet < 16 else 1,
            event=_event(wallet, label).event if wallet >= 16 else None,
            happened_at=now(),
        )
        for wallet in range(40)
        for kind in Kind
    ]
    text = digest_text(entries, symbols={})
    assert len(plain(text).encode("utf-16-le")) // 2 <= MAX_TEXT
    assert (await methods.send(Message(chat_id=alice, text=text))).status is SendStatus.ACCEPTED


def _event(number: int, label: str) -> AlertFacts[Activity]:
    activity = Activity(
        chain="sandbox",
        signature=f"s{number}",
        slot=number,
        block_time=None,
        wallet=f"{'w' * 38}{number:02}",
        kind=Kind.BUY,
        paid=(Leg(mint=SOL, raw=10**9, decimals=9),),
        received=(Leg(mint=f"{'m' * 38}{number:02}", raw=10**9, decimals=6),),
    )
    symbols = {leg.mint: label for leg in activity.received}
    return AlertFacts(event=activity, label=label, symbols=symbols, happened_at=now(), age=0.0)
