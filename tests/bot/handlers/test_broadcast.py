"""/broadcast: preview, confirm, progress, stop."""

import pytest

from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import OPERATOR, TelegramChats

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


@pytest.fixture(autouse=True)
def _operator(chats: TelegramChats) -> None:
    chats.telegram.people.add_user("Olga", user_id=OPERATOR)


async def test_a_preview_is_confirmed_stopped_and_resumed(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await chats.ask(alice.id, "/start")
    await chats.ask(OPERATOR, "/start")
    message = await chats.ask_message(OPERATOR, "/broadcast News: <b>5 &\nmore")
    assert message.text == "Preview, to 2 chats\n\nNews: <b>5 &\nmore"
    assert await database.fetchval("SELECT count(*) FROM deliveries") == 0
    _, text = await chats.press_and_read_edit(OPERATOR, message, "📣 Send to 2")
    assert "Broadcast 1: running" in text
    assert "Sent 0 of 2" in text
    _, text = await chats.press_and_read_edit(OPERATOR, message, "⏹ Stop")
    assert "Broadcast 1: stopped" in text
    _, text = await chats.press_and_read_edit(OPERATOR, message, "▶ Resume")
    assert "Broadcast 1: running" in text
    assert "Broadcast 1: running" in await chats.ask(OPERATOR, "/broadcast")
    audit = await chats.ask(OPERATOR, "/audit")
    assert "broadcast: draft 1: News: <b>5 & more" in audit
    assert audit.count("broadcast: start 1") == 2, "started and resumed"


async def test_what_is_not_confirmed_is_not_sent(chats: TelegramChats, database: Database) -> None:
    message = await chats.ask_message(OPERATOR, "/broadcast hello")
    _, text = await chats.press_and_read_edit(OPERATOR, message, "Discard")
    assert text == "Not sent."
    assert "Write /broadcast" in await chats.ask(OPERATOR, "/broadcast")
    assert "too long" in await chats.ask(OPERATOR, "/broadcast " + "x" * 3_600)


async def test_g85_nobody_else_may(chats: TelegramChats, alice: User, database: Database) -> None:
    assert "Operators only" in await chats.ask(alice.id, "/broadcast hello")
    assert await database.fetchval("SELECT count(*) FROM broadcasts") == 0
