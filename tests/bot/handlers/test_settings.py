"""/settings and its buttons: what alerts look like, and what is summed up."""

import pytest

from domain.rules.rules import Display, Field
from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import TelegramChats
from tests.storage.sample_data import settings_of

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_the_card_changes_in_place_by_its_buttons(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    card = await chats.ask_message(alice.id, "/settings")
    assert "Chart on DexScreener" in (card.text or "")
    _, text = await chats.press_and_read_edit(alice.id, card, "Birdeye")
    assert "Chart on Birdeye" in text
    _, text = await chats.press_and_read_edit(alice.id, card, "✅ Route")
    assert "Alerts show: position, market, impact, now\n" in text
    _, text = await chats.press_and_read_edit(alice.id, card, "⬜ Spam line")
    assert "counted once a day" in text
    assert "beyond 60 events an hour" in await chats.ask(alice.id, "/settings busy 60")
    assert "chart birdeye" in await chats.ask(alice.id, "/settings colour blue")
    settings = await settings_of(database, alice.id)
    assert settings.display == Display(chart="birdeye", hidden=frozenset({Field.ROUTE}))
    assert (settings.spam_line, settings.busy_above) == (True, 60)
    assert await database.fetchval("SELECT spam_line_at > now() FROM chats WHERE chat_id = $1", alice.id)


async def test_hours_the_bot_and_the_size_open_in_the_same_message(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    card = await chats.ask_message(alice.id, "/settings")
    for button, text in (
        ("🌙 Quiet hours", "Delivery settings"),
        ("🕐 Time zone", "Delivery settings"),
        ("📚 Digest", "Delivery settings"),
        ("🤖 My trading bot", "My trading bot: none"),
    ):
        _, opened = await chats.press_and_read_edit(alice.id, card, button)
        assert text in opened
        if button == "🌙 Quiet hours":
            _, set_text = await chats.press_and_read_edit(alice.id, card, "23–7")
            assert "23:00" in set_text
        _, back = await chats.press_and_read_edit(alice.id, card, "⚙️ Settings")
        assert back.startswith("⚙️ Settings\nHours: quiet 23:00")
    assert "Bot @trade_bot" in await chats.ask(alice.id, "/settings bot @trade_bot ref_me_")
    assert "up to 20" in await chats.ask(alice.id, "/settings bot https://evil.example")
    display = (await settings_of(database, alice.id)).display
    assert (display.bot, display.bot_start) == ("trade_bot", "ref_me_")
