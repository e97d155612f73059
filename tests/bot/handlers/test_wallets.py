"""/wallets and its buttons."""

import pytest

from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.cached_chats import forget_watches
from tests.bot.conftest import OTHER_WHALE, WHALE, TelegramChats

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_the_list_mutes_and_unfollows_in_place(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    message = await chats.ask_message(alice.id, "/wallets")
    assert f"Moby {WHALE}" in (message.text or "")
    note, text = await chats.press_and_read_edit(alice.id, message, "🔕 Mute Moby 1 h")
    assert "Moby muted until" in note
    assert "🔕 Moby" in text
    assert await database.fetchval("SELECT muted_until > now() FROM watches")
    note, text = await chats.press_and_read_edit(alice.id, message, "🔔 Unmute Moby")
    assert "Moby unmuted" in note
    assert "🐋 Moby" in text
    assert not await database.fetchval("SELECT muted_until > now() FROM watches")
    seq = chats.telegram.ledger.last
    assert await chats.press(alice.id, message, "✖️ Unfollow Moby") == "Unfollowed Moby"
    edited = await chats.next_entry(alice.id, seq, "edit")
    assert "Following 0 wallets" in (edited.text or "")
    _, text = await chats.press_and_read_edit(alice.id, message, "↩️ Follow Moby again")
    assert f"Moby {WHALE}" in text


async def test_wallets_of_one_name_are_distinguished(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    await chats.ask(alice.id, f"/watch {OTHER_WHALE} Moby")
    message = await chats.ask_message(alice.id, "/wallets")
    note, _ = await chats.press_and_read_edit(alice.id, message, "✖️ Unfollow Moby Toke…Q5DA")
    assert note == "Unfollowed Moby Toke…Q5DA"


async def test_many_wallets_are_shown_in_pages(
    chats: TelegramChats, alice: User, database: Database, valkey_url: str
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    await database.execute(
        "INSERT INTO wallets (chain, address) SELECT 'solana', 'wallet' || n FROM generate_series(1, 24) AS n"
    )
    await database.execute(
        "INSERT INTO watches (chat_id, wallet_id) SELECT $1, wallet_id FROM wallets"
        " WHERE address LIKE 'wallet%'",
        alice.id,
    )
    await forget_watches(valkey_url, alice.id)
    message = await chats.ask_message(alice.id, "/wallets")
    assert "Following 25 wallets · page 1 of 3" in (message.text or "")
    seq = chats.telegram.ledger.last
    await chats.press(alice.id, message, "▶")
    assert "page 2 of 3" in ((await chats.next_entry(alice.id, seq, "edit")).text or "")
