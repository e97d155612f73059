"""Notices reach their chats: lines once, edits until they stand, within the limits, across deaths."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from domain.delivery.system_messages import SystemMessageKind
from domain.rules.lanes import Lane
from messaging.sending.rate_limiter import Limiter
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.methods import Methods
from runtime.processes.lifecycle import Stop, nursery
from sandbox.telegram.config import FloodLimits, TelegramConfig
from sandbox.telegram.faults import Fault, FaultKind
from sandbox.telegram.ledger import Entry
from sandbox.telegram.server import SandboxTelegram
from storage.coordination.limits import Limits
from storage.delivery.system_messages import claim_system_messages, mark_system_message
from storage.postgres import Database
from tests.storage.outbox import (
    announce_all,
    claim_and_mark,
    correct_all,
    end_outage,
    record_all,
    revert_alert,
    sent_while_provisional,
)
from tests.storage.sample_data import CHAIN, fan_out_all, follow
from workers.message_builder import MessageBuilder
from workers.system_messages import SystemMessageSender

pytestmark = pytest.mark.services


@pytest.fixture
async def telegram() -> AsyncIterator[SandboxTelegram]:
    async with SandboxTelegram(TelegramConfig(limits=FloodLimits(enabled=False))) as running:
        yield running


@pytest.fixture
async def system_message_sender(
    database: Database, redis_client: Redis, telegram: SandboxTelegram
) -> AsyncIterator[SystemMessageSender]:
    methods = Methods(telegram.token, telegram.url)
    await methods.open()
    yield SystemMessageSender(
        database=database,
        owner="w",
        telegram=methods,
        builder=MessageBuilder(database, Callbacks(telegram.token), chain=CHAIN),
        limiter=Limiter(Limits(redis_client), rate=1000),
    )
    await methods.close()


async def tell_all(system_message_sender: SystemMessageSender) -> None:
    await system_message_sender.database.execute(
        "UPDATE system_messages SET due_at = now() WHERE state = 'pending'"
    )
    while await system_message_sender.tell_due(Stop()):
        continue


async def states(database: Database) -> list[tuple[str, str]]:
    rows = await database.fetch("SELECT kind, state FROM system_messages ORDER BY system_message_id")
    return [(row["kind"], row["state"]) for row in rows]


async def sent_then_reverted(
    system_message_sender: SystemMessageSender, telegram: SandboxTelegram, *numbers: int, of: tuple[int, ...]
) -> int:
    """A chat that was told these events, in one message if they are many, and of which these died."""
    chat = telegram.people.add_user("Alice", started=True).id
    await follow(system_message_sender.database, chat, label="Moby")
    await sent_while_provisional(system_message_sender.database, *numbers)
    group = await claim_and_mark(system_message_sender.database)
    symbols = await system_message_sender.builder.look_up(group)
    result = await system_message_sender.telegram.send(system_message_sender.builder.build(group, symbols))
    await record_all(system_message_sender.database, group, result)
    for number in of:
        await revert_alert(system_message_sender.database, number)
    await correct_all(system_message_sender.database)
    return chat


def edits(telegram: SandboxTelegram, chat_id: int) -> list[Entry]:
    return telegram.ledger.since(chat_id=chat_id, kind="edit")


async def test_each_chat_of_an_outage_gets_one_line(
    system_message_sender: SystemMessageSender, telegram: SandboxTelegram, database: Database
) -> None:
    chats = list(telegram.people.add_users(30))
    for chat in chats:
        await follow(database, chat)
    await end_outage(database, 1)
    await fan_out_all(database)
    await announce_all(database)
    for _ in range(2):
        await tell_all(system_message_sender)
    messages = telegram.ledger.messages()
    assert sorted(entry.chat_id or 0 for entry in messages) == sorted(chats)
    assert {(entry.text or "").rsplit(": ")[-1] for entry in messages} == {
        "1 event of your wallets fell into that time."
    }


async def test_an_alert_that_died_is_edited_in_its_place_with_its_buttons(
    system_message_sender: SystemMessageSender, telegram: SandboxTelegram, database: Database
) -> None:
    chat = await sent_then_reverted(system_message_sender, telegram, 1, of=(1,))
    (before,) = telegram.ledger.messages(chat)
    for _ in range(2):
        await tell_all(system_message_sender)
    (edit,) = edits(telegram, chat)
    assert edit.message_id == before.message_id
    first, rest = (edit.text or "").split("\n", 1)
    assert first.startswith("❌ Reverted")
    assert rest.splitlines()[0] == (before.text or "").splitlines()[0]
    assert edit.message is not None
    assert edit.message.reply_markup is not None
    assert await states(database) == [("edit", "sent")]


async def test_a_message_of_many_is_edited_once_and_marks_those_that_died(
    system_message_sender: SystemMessageSender, telegram: SandboxTelegram, database: Database
) -> None:
    chat = await sent_then_reverted(system_message_sender, telegram, 1, 2, 3, 4, of=(2, 3))
    await tell_all(system_message_sender)
    (edit,) = edits(telegram, chat)
    assert (edit.text or "").splitlines()[0] == "📚 4 events · ❌ 2 reverted"
    assert (edit.text or "").count("❌ reverted: ") == 2
    await revert_alert(database, 4)
    await correct_all(database)
    await tell_all(system_message_sender)
    assert (edits(telegram, chat)[-1].text or "").splitlines()[0] == "📚 4 events · ❌ 3 reverted"
    assert set(await states(database)) == {("edit", "sent")}


async def test_an_edit_whose_answer_was_lost_is_made_again_and_stands_once(
    system_message_sender: SystemMessageSender, telegram: SandboxTelegram, database: Database
) -> None:
    chat = await sent_then_reverted(system_message_sender, telegram, 1, of=(1,))
    telegram.faults.add(Fault(fault=FaultKind.DROP_ANSWER, method="editMessageText"))
    await system_message_sender.tell_due(Stop())
    assert await states(database) == [("edit", "pending")]
    await tell_all(system_message_sender)
    assert await states(database) == [("edit", "sent")]
    assert len(edits(telegram, chat)) == 1


async def test_a_line_whose_answer_was_lost_is_not_sent_twice(
    system_message_sender: SystemMessageSender, telegram: SandboxTelegram, database: Database
) -> None:
    chat = telegram.people.add_user("Alice", started=True).id
    await follow(database, chat)
    await end_outage(database)
    await announce_all(database)
    telegram.faults.add(Fault(fault=FaultKind.DROP_ANSWER, method="sendMessage"))
    for _ in range(2):
        await tell_all(system_message_sender)
    assert len(telegram.ledger.messages(chat)) == 1
    assert await states(database) == [("outage", "ambiguous")]


async def test_a_message_that_was_deleted_needs_no_correction(
    system_message_sender: SystemMessageSender, telegram: SandboxTelegram, database: Database
) -> None:
    chat = await sent_then_reverted(system_message_sender, telegram, 1, of=(1,))
    await database.execute("UPDATE system_messages SET message_id = 999")
    await database.execute("UPDATE deliveries SET message_id = 999")
    await tell_all(system_message_sender)
    assert (edits(telegram, chat), await states(database)) == ([], [("edit", "dead")])


async def test_what_cannot_be_edited_is_answered_with_a_line(
    system_message_sender: SystemMessageSender, telegram: SandboxTelegram, database: Database
) -> None:
    chat = await sent_then_reverted(system_message_sender, telegram, 1, of=(1,))
    await database.execute("UPDATE system_messages SET kind = 'reply'")
    await tell_all(system_message_sender)
    before, line = telegram.ledger.messages(chat)
    assert line.message is not None
    assert line.message.reply_to_message is not None
    assert line.message.reply_to_message.message_id == before.message_id
    assert "❌ Reverted" in (line.text or "")
    assert await states(database) == [("reply", "sent")]


async def test_who_has_blocked_the_bot_ends_it(
    system_message_sender: SystemMessageSender, telegram: SandboxTelegram, database: Database
) -> None:
    chat = await sent_then_reverted(system_message_sender, telegram, 1, of=(1,))
    telegram.faults.add(Fault(fault=FaultKind.BLOCK, method="editMessageText", chat_id=chat))
    await tell_all(system_message_sender)
    assert await states(database) == [("edit", "dead")]
    assert await database.fetchval("SELECT closed_at IS NOT NULL FROM chats WHERE chat_id = $1", chat)


async def test_after_a_death_another_sender_goes_on(
    system_message_sender: SystemMessageSender, telegram: SandboxTelegram, database: Database
) -> None:
    chat = await sent_then_reverted(system_message_sender, telegram, 1, of=(1,))
    (notice,) = await claim_system_messages(database, owner="dead", limit=9)
    assert (notice.kind, notice.lane) == (SystemMessageKind.EDIT, Lane.NORMAL)
    assert await mark_system_message(database, notice.system_message_id, owner="dead")
    await database.execute("UPDATE system_messages SET lease_until = now() - interval '1 s'")
    await tell_all(system_message_sender)
    assert len(edits(telegram, chat)) == 1


async def test_it_polls_by_itself_and_ends_at_the_stop(
    system_message_sender: SystemMessageSender, telegram: SandboxTelegram
) -> None:
    chat = await sent_then_reverted(system_message_sender, telegram, 1, of=(1,))
    stop = Stop()
    async with asyncio.timeout(10), nursery(stop) as tasks:
        tasks.start("notices", system_message_sender.run(stop))
        await telegram.ledger.wait_for(lambda entry: entry.kind == "edit" and entry.chat_id == chat)
        stop.set()


async def test_one_whose_answer_does_not_come_holds_up_no_other(
    system_message_sender: SystemMessageSender, telegram: SandboxTelegram, database: Database
) -> None:
    chats = telegram.people.add_users(70)
    for chat in chats:
        await follow(database, chat)
    await end_outage(database)
    await announce_all(database)
    telegram.faults.add(Fault(fault=FaultKind.STALL, method="sendMessage", chat_id=chats[0], seconds=8))
    stop = Stop()
    async with nursery(stop) as tasks:
        tasks.start("notices", system_message_sender.run(stop))
        await telegram.ledger.wait_for(lambda _: len(telegram.ledger.messages()) == 69, seconds=6)
        stop.set()
