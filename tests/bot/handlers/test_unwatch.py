"""/unwatch and its buttons."""

import pytest

from sandbox.telegram.shapes import User
from tests.bot.conftest import WHALE, TelegramChats

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_it_unfollows_by_address_and_by_name(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    assert "I no longer follow Moby" in await chats.ask(alice.id, "/unwatch moby")
    assert "You follow no wallet yet" in await chats.ask(alice.id, f"/unwatch {WHALE}")


async def test_without_a_name_it_offers_buttons_and_a_second_press_changes_nothing(
    chats: TelegramChats, alice: User
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    choice = await chats.ask_message(alice.id, "/unwatch")
    seq = chats.telegram.ledger.last
    assert await chats.press(alice.id, choice, "Moby") == ""
    edited = await chats.next_entry(alice.id, seq, "edit")
    assert "I no longer follow Moby" in (edited.text or "")


async def test_an_unknown_name_gets_an_explanation(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    assert "no wallet called “Ahab”" in await chats.ask(alice.id, "/unwatch Ahab")
