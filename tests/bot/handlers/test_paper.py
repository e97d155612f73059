"""/paper: campaigns are started, shown, paused, resumed and stopped by their buttons."""

import pytest

from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import WHALE, TelegramChats

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def statuses(database: Database) -> list[str]:
    rows = await database.fetch("SELECT status FROM campaigns ORDER BY campaign_id")
    return [row["status"] for row in rows]


async def test_a_campaign_is_started_paused_resumed_and_stopped(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    assert "No paper campaigns yet" in await chats.ask(alice.id, "/paper")
    assert "Follow that wallet first" in await chats.ask(alice.id, "/paper Moby 0.5")
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    assert "/paper Ahab, Bela 0.5" in await chats.ask(alice.id, "/paper Moby much")
    assert "virtual money" in await chats.ask(alice.id, "/paper Moby 0.5 stop 20%")
    message = await chats.ask_message(alice.id, "/paper")
    assert "Moby · running" in (message.text or "")
    number = await database.fetchval("SELECT campaign_id FROM campaigns")
    for button, status in (("Pause", "paused"), ("Resume", "running")):
        _, text = await chats.press_and_read_edit(alice.id, message, f"{button} {number}")
        assert f"Moby · {status}" in text
        assert await statuses(database) == [status]
        message = await chats.ask_message(alice.id, "/paper")
    _, text = await chats.press_and_read_edit(alice.id, message, f"Stop {number}")
    assert "It cannot be resumed" in text
    assert await statuses(database) == ["running"]
    _, text = await chats.press_and_read_edit(alice.id, message, "Stop it")
    assert "Moby · stopped" in text
    assert await statuses(database) == ["stopped"]


async def test_pages_turn_in_place(chats: TelegramChats, alice: User, database: Database) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    await database.execute("UPDATE chats SET tier = 'pro'")
    for _ in range(6):
        await chats.ask(alice.id, "/paper Moby 1")
    message = await chats.ask_message(alice.id, "/paper")
    _, text = await chats.press_and_read_edit(alice.id, message, "▶")
    assert text.count("🧪") == 1


async def test_a_chat_has_no_more_campaigns_than_its_tier_allows(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    assert (await chats.ask(alice.id, "/paper Moby 1")).endswith("virtual money. /paper")
    assert (await chats.ask(alice.id, "/paper Moby 1")).endswith("\n📏 2 of 2 paper campaigns used.")
    assert "over all chats of the account" in await chats.ask(alice.id, "/paper Moby 1")
    assert len(await statuses(database)) == 2
