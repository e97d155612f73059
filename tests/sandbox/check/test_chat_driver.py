"""The driver waits for what the system still holds back, and reads messages as they stand in the end."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from domain.activity.activity import SOL, Leg
from sandbox.check import chat_driver
from sandbox.check.chat_driver import ChatDriver, NoAnswerError, Person
from sandbox.check.judge import Expected, judge
from sandbox.local import LocalConfig, LocalSandbox
from tests.sandbox.telegram.stage import client

pytestmark = pytest.mark.enable_socket
WINDOW = 0.6


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    monkeypatch.setattr(chat_driver, "MISSING_SECONDS", 0.2)
    monkeypatch.setattr(chat_driver, "SURPLUS_SECONDS", 0.1)


@pytest.fixture
async def driver() -> AsyncIterator[ChatDriver]:
    async with LocalSandbox(LocalConfig(active=False)) as sandbox:
        yield ChatDriver(sandbox, coalesce_seconds=WINDOW)


@pytest.fixture
async def bot(driver: ChatDriver) -> AsyncIterator[Bot]:
    telegram = driver.sandbox.telegram
    async with client(telegram, telegram.token) as running:
        yield running


@pytest.fixture
async def alice(driver: ChatDriver, bot: Bot) -> Person:
    person = driver.add_person("Alice")
    driver.sandbox.telegram.people.send(person.user_id, "/start")
    await bot.send_message(person.user_id, "Hello")
    return person


def expected(alice: Person, slot: int) -> Expected:
    leg = Leg(mint=SOL, raw=2_500_000_000, decimals=9)
    return Expected(chat_id=alice.user_id, signature=f"s{slot}", slot=slot, legs=(leg,))


def text(slot: int, amount: str = "2.5") -> str:
    return f"Moby sent {amount} SOL\n{amount} SOL · slot {slot:,}"


async def test_a_message_that_the_window_holds_back_is_waited_for(
    driver: ChatDriver, bot: Bot, alice: Person
) -> None:
    since, wanted = driver.last_seq, [expected(alice, 1), expected(alice, 2)]

    async def send_burst() -> None:
        await bot.send_message(alice.user_id, text(1))
        await asyncio.sleep(WINDOW - 0.1)
        await bot.send_message(alice.user_id, text(2))

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(send_burst())
        await driver.wait_until_quiet(since, wanted)
        assert judge(wanted, driver.messages(since)).is_clean


async def test_a_second_copy_that_the_window_holds_back_is_seen(
    driver: ChatDriver, bot: Bot, alice: Person
) -> None:
    since, wanted = driver.last_seq, [expected(alice, 1)]

    async def send_twice() -> None:
        for _ in range(2):
            await bot.send_message(alice.user_id, text(1))
            await asyncio.sleep(WINDOW - 0.1)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(send_twice())
        await driver.wait_until_quiet(since, wanted)
        assert len(judge(wanted, driver.messages(since)).surplus) == 1


async def test_the_wait_ends_where_an_expected_message_never_comes(driver: ChatDriver, alice: Person) -> None:
    async with asyncio.timeout(5):
        await driver.wait_until_quiet(driver.last_seq, [expected(alice, 1)])


async def test_a_message_is_judged_as_it_reads_after_its_last_edit(
    driver: ChatDriver, bot: Bot, alice: Person
) -> None:
    since, wanted = driver.last_seq, [expected(alice, 1)]
    sent = await bot.send_message(alice.user_id, text(1, "2.4"))
    assert not judge(wanted, driver.messages(since)).is_clean
    await bot.edit_message_text(text(1), alice.user_id, sent.message_id)
    await driver.wait_until_quiet(since, wanted)
    assert judge(wanted, driver.messages(since)).is_clean
    await bot.edit_message_text(text(1, "99"), alice.user_id, sent.message_id)
    verdict = judge(wanted, driver.messages(since))
    assert (len(verdict.missing), len(verdict.surplus)) == (1, 1)


async def test_an_edit_of_an_earlier_message_is_no_new_message(
    driver: ChatDriver, bot: Bot, alice: Person
) -> None:
    sent = await bot.send_message(alice.user_id, "before")
    since = driver.last_seq
    await bot.edit_message_text("after", alice.user_id, sent.message_id)
    assert driver.messages(since) == []


async def test_a_deleted_message_is_not_in_the_chat(driver: ChatDriver, bot: Bot, alice: Person) -> None:
    since = driver.last_seq
    sent = await bot.send_message(alice.user_id, text(1))
    await bot.delete_message(alice.user_id, sent.message_id)
    assert driver.messages(since) == []


async def test_a_bot_that_does_not_answer_is_an_error(driver: ChatDriver, alice: Person) -> None:
    with pytest.raises(NoAnswerError, match=r"after “ping” Alice waited 0\.05 s for “pong”; nothing came"):
        await driver.send(alice, "ping", until="pong", seconds=0.05)


async def test_an_edit_of_an_earlier_message_is_no_answer(
    driver: ChatDriver, bot: Bot, alice: Person
) -> None:
    sent = await bot.send_message(alice.user_id, "before")
    async with asyncio.TaskGroup() as group:
        answer = group.create_task(driver.send(alice, "ping", until="pong"))
        await asyncio.sleep(0)  # she has asked
        await bot.edit_message_text("pong of an earlier ping", alice.user_id, sent.message_id)
        await bot.send_message(alice.user_id, "pong")
    assert answer.result().text == "pong"


async def test_an_error_repeats_what_came_instead(driver: ChatDriver, bot: Bot, alice: Person) -> None:
    since = driver.last_seq
    sent = await bot.send_message(alice.user_id, "patience")
    await bot.edit_message_text("nobody knows", alice.user_id, sent.message_id)
    with pytest.raises(NoAnswerError, match=r"for “pong”; last came “patience”, “nobody knows”"):
        await driver.wait_for(alice, "pong", since=since, seconds=0.05)


async def test_the_transcript_names_people_and_buttons(driver: ChatDriver, alice: Person) -> None:
    assert driver.transcript([alice]) == ["Alice: /start", "bot → Alice: Hello"]
