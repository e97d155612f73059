"""/whales: for everybody; the list turns in place, each whale can be followed."""

import pytest

from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import TelegramChats
from tests.bot.handlers.whales import address, found

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_without_any_it_says_so(chats: TelegramChats, alice: User) -> None:
    assert "No whales found yet" in await chats.ask(alice.id, "/whales")


async def test_the_largest_come_first_and_pages_turn_in_place(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await found(database, 7)
    message = await chats.ask_message(alice.id, "/whales")
    text = message.text or ""
    assert text.startswith("🐋 Whales found: 7 · page 1 of 2")
    assert "1. 1,007 SOL · seen 7 times" in text
    assert address(7) in text
    assert address(2) not in text
    _, text = await chats.press_and_read_edit(alice.id, message, "▶")
    assert "6. 1,002 SOL" in text
    assert "7. 1,001 SOL · seen once" in text


async def test_a_whale_is_followed_by_its_button(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await found(database, 1)
    message = await chats.ask_message(alice.id, "/whales")
    seq = chats.telegram.ledger.last
    assert message.message is not None
    assert message.message.reply_markup is not None
    button = message.message.reply_markup.inline_keyboard[0][0].text
    assert button.startswith("🐋 Follow ")
    await chats.press(alice.id, message, button)
    assert "✅ Following" in ((await chats.next_entry(alice.id, seq)).text or "")
    assert address(1) in await chats.ask(alice.id, "/wallets")
    await chats.ask(alice.id, f"/rename {address(1)} Moby")
    listed = await chats.ask_message(alice.id, "/whales")
    assert "✅ You follow it as Moby" in (listed.text or "")
    assert listed.message is not None
    assert listed.message.reply_markup is not None
    assert listed.message.reply_markup.inline_keyboard[0][0].text == "✅ Moby"
