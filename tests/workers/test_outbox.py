"""One sender sends all kinds of deliveries: lines once, edits until they stand, broadcasts last of all."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis

from domain.chats import Chat, ChatKind
from domain.delivery.broadcasts import BroadcastState
from domain.delivery.deliveries import ChannelName, DeliveryKind
from domain.rules.lanes import Lane
from messaging.sending.rate_limiter import Limiter
from messaging.sending.sender import Sender
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.channel import telegram_channel
from messaging.telegram.methods import Methods
from runtime.processes.lifecycle import Stop
from sandbox.telegram.config import FloodLimits, TelegramConfig
from sandbox.telegram.faults import Fault, FaultKind
from sandbox.telegram.ledger import Entry
from sandbox.telegram.server import SandboxTelegram
from storage.chats.chats import saw_chat
from storage.coordination.limits import Limits
from storage.delivery import broadcasts
from storage.delivery.claims import claim
from storage.delivery.deliveries import mark_sending, recover
from storage.postgres import Database
from tests.messaging.senders import running, until
from tests.storage.outbox import announce_all, correct_all, end_outage, revert_alert, sent_while_provisional
from tests.storage.sample_data import fan_out_all, follow, happened, purchase, tokens_without_redis
from workers.delivery_store import StoredFacts, StoredOutbox

pytestmark = pytest.mark.services


@pytest.fixture
async def telegram() -> AsyncIterator[SandboxTelegram]:
    async with SandboxTelegram(TelegramConfig(limits=FloodLimits(enabled=False))) as running_telegram:
        yield running_telegram


@pytest.fixture
async def sender(
    database: Database, redis_client: Redis, telegram: SandboxTelegram
) -> AsyncIterator[Callable[[], Sender]]:
    methods = Methods(telegram.token, telegram.url)
    await methods.open()

    def make() -> Sender:
        limiter = Limiter(Limits(redis_client), rate=1000)
        channel = telegram_channel(methods, limiter, Callbacks(telegram.token))
        facts = StoredFacts(database, tokens=tokens_without_redis(database))
        return Sender(StoredOutbox(database, owner="w"), {ChannelName.TELEGRAM: channel}, facts.read)

    yield make
    await methods.close()


Make = Callable[[], Sender]


async def states(database: Database) -> list[tuple[str, str]]:
    rows = await database.fetch(
        "SELECT kind, state FROM deliveries WHERE kind NOT IN ('alert', 'digest') ORDER BY delivery_id"
    )
    return [(row["kind"], row["state"]) for row in rows]


@asynccontextmanager
async def until_finished(database: Database, make: Make) -> AsyncIterator[Stop]:
    """Send, and wait until nothing of the system's own is on its way."""
    async with running(make()) as stop:
        yield stop
        await until(lambda: none_is_open(database))


async def none_is_open(database: Database) -> bool:
    await database.execute(
        "UPDATE deliveries SET due_at = now() WHERE state IN ('pending', 'retry') AND due_at > now()"
    )
    return not await database.fetchval(
        "SELECT count(*) FROM deliveries WHERE state IN ('pending', 'retry', 'sending')"
    )


async def send_all(database: Database, make: Make) -> None:
    async with until_finished(database, make):
        pass


async def sent_then_reverted(
    database: Database, make: Make, telegram: SandboxTelegram, *numbers: int, of: tuple[int, ...]
) -> int:
    """A chat that got these events, in one message if they are many, and of which these were reverted."""
    chat = telegram.people.add_user("Alice", started=True).id
    await follow(database, chat, label="Moby")
    await sent_while_provisional(database, *numbers)
    await send_all(database, make)
    for number in of:
        await revert_alert(database, number)
    await correct_all(database)
    return chat


def edits(telegram: SandboxTelegram, chat_id: int) -> list[Entry]:
    return telegram.ledger.since(chat_id=chat_id, kind="edit")


async def test_each_chat_of_an_outage_gets_one_line(
    sender: Make, telegram: SandboxTelegram, database: Database
) -> None:
    chats = list(telegram.people.add_users(30))
    for chat in chats:
        await follow(database, chat)
    await end_outage(database, 1)
    await fan_out_all(database)
    await database.execute("UPDATE deliveries SET state = 'sent'")
    await announce_all(database)
    for _ in range(2):
        await send_all(database, sender)
    messages = telegram.ledger.messages()
    assert sorted(entry.chat_id or 0 for entry in messages) == sorted(chats)
    assert {(entry.text or "").rsplit(": ")[-1] for entry in messages} == {"1 event of your wallets."}


async def test_an_alert_that_was_reverted_is_edited_in_its_place_with_its_buttons(
    sender: Make, telegram: SandboxTelegram, database: Database
) -> None:
    chat = await sent_then_reverted(database, sender, telegram, 1, of=(1,))
    (before,) = telegram.ledger.messages(chat)
    for _ in range(2):
        await send_all(database, sender)
    (edit,) = edits(telegram, chat)
    assert edit.message_id == before.message_id
    first, rest = (edit.text or "").split("\n", 1)
    assert first.startswith("❌ Reverted")
    assert rest.splitlines()[0] == (before.text or "").splitlines()[0]
    assert edit.message is not None
    assert edit.message.reply_markup is not None
    assert await states(database) == [("correction", "sent")]


async def test_a_message_of_many_is_edited_once_and_marks_those_that_were_reverted(
    sender: Make, telegram: SandboxTelegram, database: Database
) -> None:
    chat = await sent_then_reverted(database, sender, telegram, 1, 2, 3, 4, of=(2, 3))
    await send_all(database, sender)
    (edit,) = edits(telegram, chat)
    first, *_ = (edit.text or "").splitlines()
    assert first == "📚 4 trades (❌ 2 reverted): Moby 4 buys BONK · dollars unknown"
    assert (edit.text or "").count("❌ reverted: ") == 2
    await revert_alert(database, 4)
    await correct_all(database)
    await send_all(database, sender)
    assert (edits(telegram, chat)[-1].text or "").splitlines()[
        0
    ] == "📚 4 trades (❌ 3 reverted): Moby 4 buys BONK · dollars unknown"
    assert set(await states(database)) == {("correction", "sent")}


async def test_an_edit_whose_answer_was_lost_is_made_again_and_stands_once(
    sender: Make, telegram: SandboxTelegram, database: Database
) -> None:
    chat = await sent_then_reverted(database, sender, telegram, 1, of=(1,))
    telegram.faults.add(Fault(fault=FaultKind.DROP_ANSWER, method="editMessageText"))
    async with running(sender()) as stop:
        await until(lambda: is_in(database, "correction", "retry"))
        stop.set()
    await send_all(database, sender)
    assert await states(database) == [("correction", "sent")]
    assert len(edits(telegram, chat)) == 1


async def is_in(database: Database, kind: str, state: str) -> bool:
    return (kind, state) in await states(database)


async def test_a_line_whose_answer_was_lost_is_not_sent_twice(
    sender: Make, telegram: SandboxTelegram, database: Database
) -> None:
    chat = telegram.people.add_user("Alice", started=True).id
    await follow(database, chat)
    await end_outage(database)
    await announce_all(database)
    telegram.faults.add(Fault(fault=FaultKind.DROP_ANSWER, method="sendMessage"))
    for _ in range(2):
        await send_all(database, sender)
    assert len(telegram.ledger.messages(chat)) == 1
    assert await states(database) == [("outage", "ambiguous")]


async def test_a_message_that_was_deleted_needs_no_correction(
    sender: Make, telegram: SandboxTelegram, database: Database
) -> None:
    chat = await sent_then_reverted(database, sender, telegram, 1, of=(1,))
    await database.execute("UPDATE deliveries SET target_message_id = 999 WHERE kind = 'correction'")
    await database.execute("UPDATE deliveries SET message_id = 999 WHERE kind = 'alert'")
    await send_all(database, sender)
    assert (edits(telegram, chat), await states(database)) == ([], [("correction", "dead")])


async def test_what_cannot_be_edited_is_answered_with_a_line(
    sender: Make, telegram: SandboxTelegram, database: Database
) -> None:
    chat = await sent_then_reverted(database, sender, telegram, 1, of=(1,))
    cannot = "Bad Request: message can't be edited"
    telegram.faults.add(Fault(fault=FaultKind.ERROR, method="editMessageText", code=400, description=cannot))
    await send_all(database, sender)
    before, line = telegram.ledger.messages(chat)
    assert line.message is not None
    assert line.message.reply_to_message is not None
    assert line.message.reply_to_message.message_id == before.message_id
    assert "❌ Reverted" in (line.text or "")
    assert await states(database) == [("correction_reply", "sent")]


async def test_who_has_blocked_the_bot_ends_it(
    sender: Make, telegram: SandboxTelegram, database: Database
) -> None:
    chat = await sent_then_reverted(database, sender, telegram, 1, of=(1,))
    telegram.faults.add(Fault(fault=FaultKind.BLOCK, method="editMessageText", chat_id=chat))
    await send_all(database, sender)
    assert await states(database) == [("correction", "dead")]
    assert await database.fetchval("SELECT closed_at IS NOT NULL FROM chats WHERE chat_id = $1", chat)


async def test_after_a_death_another_sender_goes_on(
    sender: Make, telegram: SandboxTelegram, database: Database
) -> None:
    chat = await sent_then_reverted(database, sender, telegram, 1, of=(1,))
    (claimed,) = await claim(database, owner="dead", limit=9)
    assert (claimed.kind, claimed.lane) == (DeliveryKind.CORRECTION, Lane.NORMAL)
    assert await mark_sending(database, owner="dead", delivery_ids=[claimed.delivery_id])
    await database.execute("UPDATE deliveries SET lease_until = now() - interval '1 s'")
    await recover(database)
    await send_all(database, sender)
    assert len(edits(telegram, chat)) == 1


async def test_it_polls_by_itself_and_ends_at_the_stop(
    sender: Make, telegram: SandboxTelegram, database: Database
) -> None:
    chat = await sent_then_reverted(database, sender, telegram, 1, of=(1,))
    async with asyncio.timeout(10), running(sender()):
        await telegram.ledger.wait_for(lambda entry: entry.kind == "edit" and entry.chat_id == chat)


async def test_one_whose_answer_does_not_come_holds_up_no_other(
    sender: Make, telegram: SandboxTelegram, database: Database
) -> None:
    chats = telegram.people.add_users(70)
    for chat in chats:
        await follow(database, chat)
    await end_outage(database)
    await announce_all(database)
    telegram.faults.add(Fault(fault=FaultKind.STALL, method="sendMessage", chat_id=chats[0], seconds=8))
    async with running(sender()) as stop:
        await telegram.ledger.wait_for(lambda _: len(telegram.ledger.messages()) == 69, seconds=6)
        stop.set()


async def begin(database: Database, telegram: SandboxTelegram, count: int) -> list[int]:
    people = telegram.people.add_users(count)
    for chat_id in people:
        await saw_chat(database, Chat(chat_id=chat_id, kind=ChatKind.PRIVATE, title=""))
    await broadcasts.start(database, await broadcasts.draft(database, "News &amp; more", by=1))
    return people


async def test_everybody_gets_a_broadcast_once(
    sender: Make, telegram: SandboxTelegram, database: Database
) -> None:
    people = await begin(database, telegram, 60)
    telegram.people.block(people[0])
    for _ in range(2):
        await send_all(database, sender)
        await broadcasts.finish_broadcasts(database)
    assert sorted(entry.chat_id or 0 for entry in telegram.ledger.messages()) == sorted(people[1:])
    done = await broadcasts.progress(database)
    assert done is not None
    assert (done.state, done.sent, done.dead) == (BroadcastState.DONE, 59, 1)


async def test_alerts_go_before_a_broadcast(
    sender: Make, telegram: SandboxTelegram, database: Database
) -> None:
    people = await begin(database, telegram, 3)
    await follow(database, people[0])
    await happened(database, purchase())
    await fan_out_all(database)
    await send_all(database, sender)
    texts = [entry.text or "" for entry in telegram.ledger.messages()]
    assert "bought" in texts[0]
    assert texts[1:] == ["News & more"] * 3


async def test_after_a_stop_nothing_is_sent_until_it_goes_on(
    sender: Make, telegram: SandboxTelegram, database: Database
) -> None:
    await begin(database, telegram, 5)
    assert await broadcasts.stop(database, 1)
    async with running(sender()):
        await asyncio.sleep(0.5)
    assert telegram.ledger.messages() == []
    assert await broadcasts.start(database, 1)
    await send_all(database, sender)
    assert len(telegram.ledger.messages()) == 5


async def test_a_crash_in_the_middle_is_gone_on_from(
    sender: Make, telegram: SandboxTelegram, database: Database
) -> None:
    await begin(database, telegram, 5)
    claimed = await claim(database, owner="dead", limit=2)
    await mark_sending(database, owner="dead", delivery_ids=[claimed[0].delivery_id])
    await database.execute("UPDATE deliveries SET lease_until = now() - interval '1 second'")
    await recover(database)
    await send_all(database, sender)
    done = await broadcasts.progress(database)
    assert done is not None
    assert (done.sent, done.ambiguous) == (4, 1)
    assert claimed[0].chat_id not in {entry.chat_id for entry in telegram.ledger.messages()}
