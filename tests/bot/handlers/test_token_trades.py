"""/trades: tokens of which a chat hears all large trades."""

import pytest

from sandbox.telegram.shapes import User
from tests.bot.conftest import TelegramChats
from tests.storage.sample_data import MINT

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_a_token_is_followed_and_ended(chats: TelegramChats, alice: User) -> None:
    said = await chats.ask(alice.id, "/trades")
    assert "whoever trades" in said
    assert "RECONCILE" not in said
    refusal = await chats.ask(alice.id, f"/trades {MINT} 50")
    assert refusal == "From $100 on, and 5 tokens a chat at most: /trades WIF 10k"
    card = await chats.ask_message(alice.id, f"/trades {MINT} 25k")
    assert "from $25K on" in (card.text or "")
    _, text = await chats.press_and_read_edit(alice.id, card, "End DezX…B263")
    assert "whoever trades" in text
    await chats.ask(alice.id, f"/trades {MINT} 25k")
    assert "whoever trades" in await chats.ask(alice.id, f"/trades {MINT} off")
