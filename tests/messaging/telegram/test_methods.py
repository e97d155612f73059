"""The short way to Telegram, against the sandbox's."""

import asyncio
import logging
from dataclasses import replace

import pytest
from resvg_py import svg_to_bytes
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from domain.delivery.results import SendStatus
from messaging.telegram.methods import Message, Methods, Receiver
from sandbox.telegram.config import FloodLimits, TelegramConfig
from sandbox.telegram.faults import Fault, FaultKind
from sandbox.telegram.server import SandboxTelegram

pytestmark = pytest.mark.enable_socket


async def test_a_message_arrives_with_its_entities_and_buttons(
    telegram: SandboxTelegram, methods: Methods, alice: int
) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Scan", callback_data="cscan:x")]])
    result = await methods.send(
        Message(chat_id=alice, text="<b>Toly</b> https://x.example", keyboard=keyboard)
    )
    assert result.status is SendStatus.ACCEPTED
    (entry,) = telegram.ledger.messages(alice)
    assert (entry.text, entry.message_id) == ("Toly https://x.example", result.message_id)
    assert entry.message is not None
    assert entry.message.reply_markup is not None


async def test_it_speaks_in_a_topic(telegram: SandboxTelegram, methods: Methods) -> None:
    bob = telegram.people.add_user("Bob", started=True)
    group = telegram.people.add_group("Desk", {bob.id: "creator"}, forum=True)
    topic = telegram.people.add_topic(group, "Alerts", bob.id)
    assert (
        await methods.send(Message(chat_id=group, topic_id=topic, text="hi"))
    ).status is SendStatus.ACCEPTED
    assert telegram.ledger.messages(group)[-1].thread_id == topic


async def test_a_message_is_edited_in_its_place_and_an_equal_edit_is_fine(
    telegram: SandboxTelegram, methods: Methods, alice: int
) -> None:
    sent = await methods.send(Message(chat_id=alice, text="scanning…"))
    assert sent.message_id is not None
    for _ in range(2):
        edited = await methods.edit(Message(chat_id=alice, text="<b>A</b>"), sent.message_id)
        assert edited.status is SendStatus.ACCEPTED
    assert [entry.text for entry in telegram.ledger.since(chat_id=alice, kind="edit")] == ["A"]


async def test_an_answer_to_a_message_that_is_gone_goes_all_the_same(
    telegram: SandboxTelegram, methods: Methods, alice: int
) -> None:
    sent = await methods.send(Message(chat_id=alice, text="alert"))
    for message_id in (sent.message_id, 999):
        answer = Message(chat_id=alice, text="reverted", reply_to=message_id)
        assert (await methods.send(answer)).status is SendStatus.ACCEPTED
    answered = [entry.message.reply_to_message for entry in telegram.ledger.messages(alice) if entry.message]
    assert [one and one.message_id for one in answered] == [None, sent.message_id, None]


async def test_markup_that_telegram_cannot_read_goes_as_plain_text(
    telegram: SandboxTelegram, methods: Methods, alice: int
) -> None:
    result = await methods.send(Message(chat_id=alice, text="<b>Toly</b> <oops> 1 &lt; 2"))
    assert result.status is SendStatus.ACCEPTED
    assert [entry.text for entry in telegram.ledger.messages(alice)] == ["Toly  1 < 2"]


@pytest.mark.parametrize(
    ("fault", "status", "arrives"),
    [
        (Fault(fault=FaultKind.DROP_ANSWER), SendStatus.AMBIGUOUS, 1),
        (Fault(fault=FaultKind.CUT_JSON), SendStatus.AMBIGUOUS, 1),
        (Fault(fault=FaultKind.REFUSE), SendStatus.AMBIGUOUS, 0),
        (Fault(fault=FaultKind.FLOOD, retry_after=35), SendStatus.REFUSED, 0),
        (Fault(fault=FaultKind.SERVER_ERROR), SendStatus.REFUSED, 0),
        (Fault(fault=FaultKind.HTML), SendStatus.AMBIGUOUS, 0),
        (Fault(fault=FaultKind.BLOCK), SendStatus.CHAT_CLOSED, 0),
        (Fault(fault=FaultKind.CHAT_NOT_FOUND), SendStatus.CHAT_CLOSED, 0),
        (Fault(fault=FaultKind.REVOKE), SendStatus.TOKEN_REJECTED, 0),
    ],
    ids=lambda value: value.fault.value if isinstance(value, Fault) else None,
)
async def test_every_fault_of_telegram_is_reported_as_it_is(
    telegram: SandboxTelegram, methods: Methods, alice: int, fault: Fault, status: SendStatus, arrives: int
) -> None:
    telegram.faults.add(fault)
    result = await methods.send(Message(chat_id=alice, text="hi"))
    assert result.status is status
    assert len(telegram.ledger.messages(alice)) == arrives


async def test_a_migrated_group_says_where_it_went(telegram: SandboxTelegram, methods: Methods) -> None:
    bob = telegram.people.add_user("Bob", started=True)
    group = telegram.people.add_group("Desk", {bob.id: "creator"}, kind="group")
    moved = telegram.people.migrate(group)
    result = await methods.send(Message(chat_id=group, text="hi"))
    assert (result.status, result.new_chat_id) == (SendStatus.MIGRATED, moved)


async def test_an_absent_server_is_safe_and_the_token_is_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    away = Methods("7000000001:AAVerySecret", "http://127.0.0.1:9")
    await away.open()
    result = await away.send(Message(chat_id=1, text="hi"))
    await away.close()
    assert result.status is SendStatus.REFUSED
    assert "AAVerySecret" not in caplog.text + result.reason


@pytest.mark.parametrize(("rate", "refused"), [(27.0, 10), (1000.0, 0)])
async def test_beyond_thirty_a_second_telegram_takes_only_what_may_be_paid_for(
    telegram: SandboxTelegram, rate: float, refused: int
) -> None:
    telegram.limit(FloodLimits())
    people = telegram.people.add_users(40)
    for chat_id in people:
        telegram.people.send(chat_id, "/start")
    methods = Methods(telegram.token, telegram.url, rate=rate)
    await methods.open()
    results = await asyncio.gather(*(methods.send(Message(chat_id=one, text="hi")) for one in people))
    await methods.close()
    assert [result.status for result in results].count(SendStatus.REFUSED) == refused


async def test_what_telegram_does_not_take_payment_for_is_not_offered_any() -> None:
    async with SandboxTelegram(TelegramConfig(limits=FloodLimits(enabled=False))) as telegram:
        alice = telegram.people.add_user("Alice", started=True)
        methods = Methods(telegram.token, telegram.url, rate=1000)
        await methods.open()
        sent = await methods.send(Message(chat_id=alice.id, text="hi"))
        assert sent.message_id is not None
        acted = await methods.call("sendChatAction", {"chat_id": alice.id, "action": "typing"})
        edited = await methods.edit(Message(chat_id=alice.id, text="ho"), sent.message_id)
        await methods.close()
    assert {acted.status, edited.status} == {SendStatus.ACCEPTED}


async def test_a_bot_without_stars_sends_unpaid_and_says_so(
    telegram: SandboxTelegram, alice: int, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.faults.add(
        Fault(fault=FaultKind.ERROR, code=400, description="Bad Request: BALANCE_TOO_LOW", times=1)
    )
    methods = Methods(telegram.token, telegram.url, rate=1000)
    await methods.open()
    assert (await methods.send(Message(chat_id=alice, text="hi"))).status is SendStatus.ACCEPTED
    await methods.close()
    assert len(telegram.ledger.messages(alice)) == 1
    assert "set TELEGRAM_RATE to less" in caplog.text


async def test_a_photo_arrives_and_replaces_a_text_or_another_photo(
    telegram: SandboxTelegram, methods: Methods, alice: int
) -> None:
    red, blue = picture("#ff0000"), picture("#0000ff")
    sent = await methods.send(Message(chat_id=alice, text="<b>red</b>", photo=red))
    assert sent.status is SendStatus.ACCEPTED
    text = await methods.send(Message(chat_id=alice, text="drawing…"))
    for message_id in (sent.message_id, text.message_id):
        assert message_id is not None
        for _ in range(2):
            drawn = Message(chat_id=alice, text="<b>blue</b>", photo=blue)
            assert (await methods.edit(drawn, message_id)).status is SendStatus.ACCEPTED
    first, *edits = [entry.message for entry in telegram.ledger.since(chat_id=alice) if entry.message]
    assert (first.caption, first.photo[-1].width) == ("red", 40)
    assert {(one.caption, one.text, one.photo[-1].height) for one in edits[1:]} == {("blue", None, 30)}


async def test_a_caption_whose_markup_is_refused_goes_as_plain_text(
    telegram: SandboxTelegram, methods: Methods, alice: int
) -> None:
    sent = await methods.send(Message(chat_id=alice, text="<b>a", photo=picture("#ff0000")))
    assert sent.status is SendStatus.ACCEPTED
    (entry,) = telegram.ledger.messages(alice)
    assert entry.message is not None
    assert entry.message.caption == "a"


def picture(colour: str) -> bytes:
    """A PNG of one colour."""
    box = f'<rect width="40" height="30" fill="{colour}"/>'
    return svg_to_bytes(
        svg_string=f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30">{box}</svg>'
    )


async def test_a_rich_message_goes_where_the_server_knows_them() -> None:
    table = "<table><tr><td>Toly</td></tr></table>"
    for knows, text in ((True, "Toly"), (False, "classic")):
        config = TelegramConfig(limits=FloodLimits(enabled=False), rich_messages=knows)
        async with SandboxTelegram(config) as telegram:
            ann = telegram.people.add_user("Ann", started=True)
            methods = Methods(telegram.token, telegram.url)
            await methods.open()
            for _ in range(2):
                sent = await methods.send(Message(chat_id=ann.id, text="classic", rich=table))
                assert sent.status is SendStatus.ACCEPTED
            await methods.close()
            assert [entry.text for entry in telegram.ledger.messages(ann.id)] == [text, text]


async def test_a_rich_message_that_is_refused_goes_in_the_classic_form(
    telegram: SandboxTelegram, methods: Methods, alice: int
) -> None:
    sent = await methods.send(Message(chat_id=alice, text="classic", rich="<table></table>"))
    assert sent.status is SendStatus.ACCEPTED
    assert telegram.ledger.messages(alice)[-1].text == "classic"


@pytest.mark.parametrize("knows", [True, False])
async def test_one_person_alone_sees_what_is_for_them_where_the_server_knows_that(*, knows: bool) -> None:
    config = TelegramConfig(limits=FloodLimits(enabled=False), ephemeral_messages=knows)
    async with SandboxTelegram(config) as telegram:
        methods = Methods(telegram.token, telegram.url)
        await methods.open()
        bob = telegram.people.add_user("Bob", started=True)
        group = telegram.people.add_group("Desk", {bob.id: "creator"})
        message = Message(chat_id=group, text="<b>A</b>", receiver=Receiver(bob.id))
        sent = await methods.send(message)
        assert (sent.status, sent.is_ephemeral) == (SendStatus.ACCEPTED, knows)
        arrived = telegram.ledger.messages(group)[-1].message
        assert arrived is not None
        assert (arrived.receiver_user == bob, arrived.text) == (knows, "A")
        if knows:
            edited = await methods.edit(replace(message, text="B"), sent.message_id or 0)
            assert edited.status is SendStatus.ACCEPTED
            assert [entry.text for entry in telegram.ledger.since(chat_id=group, kind="edit")] == ["B"]
        await methods.close()


async def test_who_has_left_gets_the_classic_form(methods: Methods, telegram: SandboxTelegram) -> None:
    bob = telegram.people.add_user("Bob", started=True)
    group = telegram.people.add_group("Desk", {bob.id: "creator"})
    sent = await methods.send(Message(chat_id=group, text="A", receiver=Receiver(404)))
    assert (sent.status, sent.is_ephemeral) == (SendStatus.ACCEPTED, False)
