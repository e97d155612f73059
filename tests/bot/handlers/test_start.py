"""/start."""

import pytest

from runtime.settings.settings import Settings
from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import OTHER_WHALE, WHALE, Make, Town, running

pytestmark = pytest.mark.services


async def test_it_offers_example_whales_and_the_first_tap_follows_one(
    make_settings: Make, town: Town, alice: User, database: Database
) -> None:
    settings = make_settings(EXAMPLE_WALLETS=f"Slicer={WHALE},Exit <b>={OTHER_WHALE}")
    async with running(settings):
        greeting = await town.asked(alice.id, "/start")
        assert "Hello, Alice" in (greeting.text or "")
        seq = town.telegram.ledger.last
        await town.press(alice.id, greeting, "🐋 Slicer")
        assert "I now follow Slicer" in ((await town.said(alice.id, seq)).text or "")
    assert await database.fetchval("SELECT label FROM watches") == "Slicer"


async def test_it_greets_without_examples(town: Town, alice: User, settings: Settings) -> None:
    async with running(settings):
        greeting = await town.asked(alice.id, "/start")
    assert "Send me an address" in (greeting.text or "")
    assert greeting.message is not None
    assert greeting.message.reply_markup is None


async def test_it_opens_a_chat_that_had_blocked_the_bot(
    town: Town, alice: User, settings: Settings, database: Database
) -> None:
    async with running(settings):
        await town.ask(alice.id, "/start")
        town.telegram.people.block(alice.id)
        town.telegram.people.unblock(alice.id)
        await town.ask(alice.id, "/start")
    row = await database.fetchrow("SELECT * FROM chats WHERE chat_id = $1", alice.id)
    assert row is not None
    assert row["closed_at"] is None
