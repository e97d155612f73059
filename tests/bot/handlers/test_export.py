"""/export and its buttons."""

import pytest

from sandbox.telegram.shapes import User
from tests.bot.conftest import WHALE, TelegramChats

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_a_follower_gets_the_wallets_as_a_file(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} toly.sol")
    file = await chats.ask_message(alice.id, "/export wallets csv")
    assert file.message is not None
    assert file.message.document is not None
    assert file.message.document.file_name == "wallets.csv"
    assert file.message.caption == "1 wallet"


async def test_the_buttons_send_each_kind_and_form(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    card = await chats.ask_message(alice.id, "/export")
    seq = chats.telegram.ledger.last
    await chats.press(alice.id, card, "📒 Wallets JSON")
    file = await chats.next_entry(alice.id, seq)
    assert file.message is not None
    assert file.message.document is not None
    assert file.message.document.file_name == "wallets.json"
    assert await chats.press(alice.id, card, "🐋 Whales CSV") == "There is nothing to export yet."


async def test_what_cannot_be_exported_is_explained(chats: TelegramChats, alice: User) -> None:
    assert "Write /export wallets" in await chats.ask(alice.id, "/export secrets")
    assert "nothing to export" in await chats.ask(alice.id, "/export history json")
