"""/patterns and /confluence: what a chat hears of patterns."""

import pytest

from domain.patterns.found import Pattern, PatternSettings
from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import TelegramChats
from tests.storage.sample_data import settings_of

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_the_card_changes_by_its_buttons_and_by_words(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    card = await chats.ask_message(alice.id, "/patterns")
    assert "3 owners within 30 min" in (card.text or "")
    await chats.press_and_read_edit(alice.id, card, "✅ Moved house")
    _, text = await chats.press_and_read_edit(alice.id, card, "5 in 60 min")
    assert "5 owners within 60 min" in text
    settings = (await settings_of(database, alice.id)).patterns
    assert settings == PatternSettings(off=frozenset({Pattern.MOVE}), owners=5, minutes=60)
    assert "4 owners within 45 min" in await chats.ask(alice.id, "/confluence 4 45m")
    assert "Write how many owners" in await chats.ask(alice.id, "/confluence many")
