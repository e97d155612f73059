"""/wallets and its buttons."""

import pytest

from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import WHALE, TelegramChats

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_the_list_mutes_and_unfollows_in_place(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    message = await chats.ask_message(alice.id, "/wallets")
    assert f"Moby {WHALE}" in (message.text or "")
    note, text = await chats.press_and_read_edit(alice.id, message, "🔕 Mute Moby")
    assert "Muted until" in note
    assert "🔕 Moby" in text
    assert await database.fetchval("SELECT muted_until > now() FROM watches")
    note, text = await chats.press_and_read_edit(alice.id, message, "🔔 Unmute Moby")
    assert "again" in note
    assert "🐋 Moby" in text
    assert not await database.fetchval("SELECT muted_until > now() FROM watches")
    seq = chats.telegram.ledger.last
    await chats.press(alice.id, message, "✖️ Unfollow")
    assert "You follow no wallet yet" in ((await chats.next_entry(alice.id, seq, "edit")).text or "")


async def test_many_wallets_are_shown_in_pages(chats: TelegramChats, alice: User, database: Database) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    await database.execute(
        "INSERT INTO wallets (chain, address) SELECT 'solana', 'wallet' || n FROM generate_series(1, 24) AS n"
    )
    await database.execute(
        "INSERT INTO watches (chat_id, wallet_id) SELECT $1, wallet_id FROM wallets"
        " WHERE address LIKE 'wallet%'",
        alice.id,
    )
    message = await chats.ask_message(alice.id, "/wallets")
    assert "25 wallets · page 1 of 3" in (message.text or "")
    seq = chats.telegram.ledger.last
    await chats.press(alice.id, message, "▶")
    assert "page 2 of 3" in ((await chats.next_entry(alice.id, seq, "edit")).text or "")
