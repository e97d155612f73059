"""/rename and the button Name it."""

import pytest

from sandbox.telegram.shapes import User
from tests.bot.conftest import WHALE, TelegramChats

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_it_renames_by_name_and_by_address(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Old name")
    assert "is now called Moby Dick" in await chats.ask(alice.id, "/rename Old name Moby Dick")
    assert "is now called Ahab" in await chats.ask(alice.id, f"/rename {WHALE} Ahab")
    assert "no wallet called" in await chats.ask(alice.id, "/rename Nobody Somebody")


async def test_the_button_asks_for_the_name(chats: TelegramChats, alice: User) -> None:
    followed = await chats.ask_message(alice.id, f"/watch {WHALE}")
    seq = chats.telegram.ledger.last
    await chats.press(alice.id, followed, "✏️ Name it")
    assert "What shall I call" in ((await chats.next_entry(alice.id, seq)).text or "")
    assert "up to 32 characters" in await chats.ask(alice.id, "n" * 33)
    assert "is now called Moby" in await chats.ask(alice.id, "Moby")


async def test_without_wallets_there_is_nothing_to_rename(chats: TelegramChats, alice: User) -> None:
    assert "You follow no wallet yet" in await chats.ask(alice.id, "/rename Moby")
