"""/unwatch and its buttons."""

import pytest

from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.cached_chats import forget_watches
from tests.bot.conftest import OTHER_WHALE, WHALE, TelegramChats

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_it_unfollows_by_address_and_by_name(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    assert "Unfollowed Moby" in await chats.ask(alice.id, "/unwatch moby")
    assert "You follow no wallet yet" in await chats.ask(alice.id, f"/unwatch {WHALE}")


async def test_without_a_name_it_offers_buttons_and_a_second_press_changes_nothing(
    chats: TelegramChats, alice: User
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    choice = await chats.ask_message(alice.id, "/unwatch")
    seq = chats.telegram.ledger.last
    assert await chats.press(alice.id, choice, "Moby") == ""
    edited = await chats.next_entry(alice.id, seq, "edit")
    assert "Unfollowed Moby" in (edited.text or "")


async def test_it_can_be_undone_with_name_rules_and_mute(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    await chats.ask(alice.id, "/rules Moby min 1000")
    await chats.ask(alice.id, "/mute Moby 1d")
    message = await chats.ask_message(alice.id, "/unwatch Moby")
    _, text = await chats.press_and_read_edit(alice.id, message, "↩️ Undo")
    assert "Undone" in text
    row = await database.fetchrow("SELECT label, rules, muted_until > now() AS muted FROM watches")
    assert row is not None
    assert (row["label"], "1000" in row["rules"], row["muted"]) == ("Moby", True, True)


async def test_one_of_two_namesakes_is_chosen_by_address(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    await chats.ask(alice.id, f"/watch {OTHER_WHALE} Moby")
    choice = await chats.ask_message(alice.id, "/unwatch Moby")
    _, text = await chats.press_and_read_edit(alice.id, choice, "Moby Toke…Q5DA")
    assert "Unfollowed Moby Toke…Q5DA" in text


async def test_many_wallets_are_offered_in_pages(
    chats: TelegramChats, alice: User, database: Database, valkey_url: str
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    await database.execute(
        "INSERT INTO wallets (chain, address) SELECT 'solana', 'wallet' || n FROM generate_series(1, 24) AS n"
    )
    await database.execute(
        "INSERT INTO watches (chat_id, wallet_id, label) SELECT $1, wallet_id, address FROM wallets"
        " WHERE address LIKE 'wallet%'",
        alice.id,
    )
    await forget_watches(valkey_url, alice.id)
    choice = await chats.ask_message(alice.id, "/unwatch")
    seq = chats.telegram.ledger.last
    await chats.press(alice.id, choice, "▶")
    await chats.next_entry(alice.id, seq, "edit")
    _, text = await chats.press_and_read_edit(alice.id, choice, "wallet12")
    assert "Unfollowed wallet12" in text


async def test_an_unknown_name_gets_an_explanation(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    assert "no wallet called “Ahab”" in await chats.ask(alice.id, "/unwatch Ahab")
