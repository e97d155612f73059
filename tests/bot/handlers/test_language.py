"""/language and its buttons: the chat reads what it has chosen, from that message on."""

import pytest

from domain.rules.rules import Display
from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import TelegramChats
from tests.storage.sample_data import settings_of

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_a_button_or_a_word_chooses_and_the_card_shows_the_new_numbers(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    card = await chats.ask_message(alice.id, "/language")
    assert "English" in (card.text or "")
    assert "1,234.5" in (card.text or "")
    _, text = await chats.press_and_read_edit(alice.id, card, "Español")
    assert "Español" in text
    assert "1.234,5" in text
    _, text = await chats.press_and_read_edit(alice.id, card, "1\u00a0234,5")
    assert "1\u00a0234,5" in text
    assert (await settings_of(database, alice.id)).display == Display(language="es", numbers="space")
    assert "English" in await chats.ask(alice.id, "/language english")
    assert "ru (Русский)" in await chats.ask(alice.id, "/language klingon")


async def test_the_card_of_settings_leads_there(chats: TelegramChats, alice: User) -> None:
    card = await chats.ask_message(alice.id, "/settings")
    _, text = await chats.press_and_read_edit(alice.id, card, "🌐 Language")
    assert text.startswith("🌐 Language: English")
