"""/start."""

import pytest
from msgspec import structs

from domain.activity.addresses import short
from domain.positions.whale_scores import WhaleScore
from runtime.settings.settings import Settings
from sandbox.telegram.shapes import User
from storage.postgres import Database
from storage.whales.scores import save_score
from tests.bot.conftest import OTHER_WHALE, WHALE, Make, TelegramChats, running
from tests.bot.handlers.whales import address as address_of
from tests.domain.positions.whale_samples import GOOD
from tests.storage.sample_data import settings_of

pytestmark = pytest.mark.services


async def test_it_offers_example_whales_and_the_first_press_follows_one(
    make_settings: Make, chats: TelegramChats, alice: User, database: Database
) -> None:
    settings = make_settings(EXAMPLE_WALLETS=f"Slicer={WHALE},Exit <b>={OTHER_WHALE}")
    async with running(settings):
        greeting = await chats.ask_message(alice.id, "/start")
        assert "Hello, Alice" in (greeting.text or "")
        seq = chats.telegram.ledger.last
        await chats.press(alice.id, greeting, "🐋 Slicer")
        assert "Following Slicer" in ((await chats.next_entry(alice.id, seq)).text or "")
        ticked = (await chats.next_entry(alice.id, seq, "edit")).message
    assert ticked is not None
    assert ticked.reply_markup is not None
    rows = [row[0].text for row in ticked.reply_markup.inline_keyboard]
    assert rows[:2] == ["✅ Slicer", "🐋 Exit <b>"]
    assert all(text.startswith("🕐") for text in rows[2:])
    assert await database.fetchval("SELECT label FROM watches") == "Slicer"


async def test_whales_that_are_worth_following_are_offered_where_there_are_few_examples(
    make_settings: Make, chats: TelegramChats, alice: User, database: Database
) -> None:
    for address, profit in ((WHALE, 13), (address_of(1), 20), (address_of(2), 30), (address_of(3), 1)):
        record = structs.replace(GOOD, realised_sol=profit * 10**9)
        score = WhaleScore(record=record, transactions=100)
        await save_score(database, chain="solana", address=address, score=score)
    async with running(make_settings(EXAMPLE_WALLETS=f"Slicer={WHALE}")):
        greeting = await chats.ask_message(alice.id, "/start")
        assert greeting.message is not None
        assert greeting.message.reply_markup is not None
        offered = [row[0].text for row in greeting.message.reply_markup.inline_keyboard]
        names = [f"🐋 {short(address_of(number))}" for number in (2, 1)]
        assert offered[:3] == ["🐋 Slicer", *names]
        assert all(text.startswith("🕐") for text in offered[3:]), "who made nothing is not offered"
        await chats.press(alice.id, greeting, names[0])
    assert await database.fetchval("SELECT address FROM watches JOIN wallets USING (wallet_id)") == (
        address_of(2)
    )


async def test_it_greets_without_examples(chats: TelegramChats, alice: User, settings: Settings) -> None:
    async with running(settings):
        greeting = await chats.ask_message(alice.id, "/start")
    assert "Send an address" in (greeting.text or "")
    assert greeting.message is not None
    assert greeting.message.reply_markup is not None
    buttons = [one.text for row in greeting.message.reply_markup.inline_keyboard for one in row]
    assert all(text.startswith("🕐") for text in buttons)


async def test_it_opens_a_chat_that_had_blocked_the_bot(
    chats: TelegramChats, alice: User, settings: Settings, database: Database
) -> None:
    async with running(settings):
        await chats.ask(alice.id, "/start")
        chats.telegram.people.block(alice.id)
        chats.telegram.people.unblock(alice.id)
        await chats.ask(alice.id, "/start")
    row = await database.fetchrow("SELECT * FROM chats WHERE chat_id = $1", alice.id)
    assert row is not None
    assert row["closed_at"] is None


async def test_the_time_zone_is_one_press_and_not_asked_for_again(
    chats: TelegramChats, alice: User, settings: Settings, database: Database
) -> None:
    async with running(settings):
        greeting = await chats.ask_message(alice.id, "/start")
        assert "What time is it for you?" in (greeting.text or "")
        assert greeting.message is not None
        assert greeting.message.reply_markup is not None
        berlin = next(
            one.text
            for row in greeting.message.reply_markup.inline_keyboard
            for one in row
            if one.text.endswith("Berlin")
        )
        note, _ = await chats.press_and_read_edit(alice.id, greeting, berlin)
        assert note == "Times are Berlin's now. /timezone changes that."
        assert (await settings_of(database, alice.id)).zone == "Europe/Berlin"
        assert "What time" not in await chats.ask(alice.id, "/start")


async def test_the_time_zone_goes_by_the_language_where_that_is_spoken_in_one(
    chats: TelegramChats, settings: Settings, database: Database
) -> None:
    yuki = chats.telegram.people.add_user("Yuki", language="ja")
    async with running(settings):
        assert "Times are Tokyo's." in await chats.ask(yuki.id, "/start")
    assert (await settings_of(database, yuki.id)).zone == "Asia/Tokyo"
