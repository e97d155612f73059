"""/rename and the button Name it."""

import pytest

from sandbox.telegram.shapes import User
from tests.bot.conftest import OTHER_WHALE, WHALE, TelegramChats

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_it_renames_by_name_and_by_address(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Old name")
    assert "Renamed Old name → Moby Dick" in await chats.ask(alice.id, "/rename Old name Moby Dick")
    assert "Renamed Moby Dick → Ahab" in await chats.ask(alice.id, f"/rename {WHALE} Ahab")
    assert "no wallet called" in await chats.ask(alice.id, "/rename Nobody Somebody")


async def test_a_name_that_another_wallet_bears_is_pointed_out(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    await chats.ask(alice.id, f"/watch {OTHER_WHALE} Dick")
    assert "⚠️ So11…1112 has this name, too" in await chats.ask(alice.id, "/rename Dick moby")


async def test_the_rest_of_the_command_is_kept_while_one_of_two_is_chosen(
    chats: TelegramChats, alice: User
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    await chats.ask(alice.id, f"/watch {OTHER_WHALE} Moby")
    choice = await chats.ask_message(alice.id, "/rename Moby, Ahab")
    _, text = await chats.press_and_read_edit(alice.id, choice, "Moby Toke…Q5DA")
    assert "Renamed Moby → Ahab" in text
    assert f"Ahab {OTHER_WHALE}" in await chats.ask(alice.id, "/wallets")


async def test_the_button_asks_for_the_name(chats: TelegramChats, alice: User) -> None:
    followed = await chats.ask_message(alice.id, f"/watch {WHALE}")
    seq = chats.telegram.ledger.last
    await chats.press(alice.id, followed, "✏️ Rename")
    assert "New name for" in ((await chats.next_entry(alice.id, seq)).text or "")
    assert "Up to 32 characters" in await chats.ask(alice.id, "n" * 33)
    assert "→ Moby" in await chats.ask(alice.id, "Moby")


async def test_without_wallets_there_is_nothing_to_rename(chats: TelegramChats, alice: User) -> None:
    assert "You follow no wallet yet" in await chats.ask(alice.id, "/rename Moby")
