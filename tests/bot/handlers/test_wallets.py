"""/wallets and its buttons."""

import pytest

from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import WHALE, Town

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_the_list_mutes_and_unfollows_in_place(town: Town, alice: User, database: Database) -> None:
    await town.ask(alice.id, f"/watch {WHALE} Moby")
    shown = await town.asked(alice.id, "/wallets")
    assert f"Moby {WHALE}" in (shown.text or "")
    note, text = await town.press_and_see(alice.id, shown, "🔕 Mute Moby")
    assert "Muted until" in note
    assert "🔕 Moby" in text
    assert await database.fetchval("SELECT muted_until > now() FROM watches")
    note, text = await town.press_and_see(alice.id, shown, "🔔 Unmute Moby")
    assert "again" in note
    assert "🐋 Moby" in text
    assert not await database.fetchval("SELECT muted_until > now() FROM watches")
    seq = town.telegram.ledger.last
    await town.press(alice.id, shown, "✖️ Unfollow")
    assert "You follow no wallet yet" in ((await town.said(alice.id, seq, "edit")).text or "")


async def test_many_wallets_are_shown_in_pages(town: Town, alice: User, database: Database) -> None:
    await town.ask(alice.id, f"/watch {WHALE} Moby")
    await database.execute(
        "INSERT INTO wallets (chain, address) SELECT 'solana', 'wallet' || n FROM generate_series(1, 24) AS n"
    )
    await database.execute(
        "INSERT INTO watches (chat_id, wallet_id) SELECT $1, wallet_id FROM wallets"
        " WHERE address LIKE 'wallet%'",
        alice.id,
    )
    shown = await town.asked(alice.id, "/wallets")
    assert "25 wallets · page 1 of 3" in (shown.text or "")
    seq = town.telegram.ledger.last
    await town.press(alice.id, shown, "▶")
    assert "page 2 of 3" in ((await town.said(alice.id, seq, "edit")).text or "")
