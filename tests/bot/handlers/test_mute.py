"""The buttons Mute 1 h and Unmute under an alert."""

import pytest

from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.alert import alert_keyboard
from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import TOKEN, WHALE, TelegramChats
from tests.bot.handlers.alerts import send_alert

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_mute_and_unmute_alternate_and_the_other_buttons_stay(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    watch_id = await database.fetchval("SELECT watch_id FROM watches")
    keyboard = alert_keyboard(Callbacks(TOKEN), chat_id=alice.id, watch_id=watch_id, mint=WHALE)
    message = await send_alert(chats, alice.id, keyboard)
    note, _ = await chats.press_and_read_edit(alice.id, message, "🔕 Mute 1 h")
    assert "muted until" in note
    assert await database.fetchval("SELECT muted_until > now() + interval '50 minutes' FROM watches")
    note, _ = await chats.press_and_read_edit(alice.id, message, "🔔 Unmute")
    assert "Moby unmuted" in note
    note, text = await chats.press_and_read_edit(alice.id, message, "🔕 Mute 1 h")
    assert "muted until" in note
    assert text == "🟢 Moby bought"
    await chats.press(alice.id, message, "🛡 Scan")


async def test_a_wallet_that_is_gone_cannot_be_muted(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, "/start")
    keyboard = alert_keyboard(Callbacks(TOKEN), chat_id=alice.id, watch_id=77, mint=None)
    message = await send_alert(chats, alice.id, keyboard)
    assert "no longer followed here" in await chats.press(alice.id, message, "🔕 Mute 1 h")


async def test_a_button_of_another_chat_or_bot_is_refused(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, "/start")
    for callbacks, chat_id in ((Callbacks(TOKEN), 1), (Callbacks("another"), alice.id)):
        keyboard = alert_keyboard(callbacks, chat_id=chat_id, watch_id=1, mint=None)
        message = await send_alert(chats, alice.id, keyboard)
        assert "too old" in await chats.press(alice.id, message, "🔕 Mute 1 h")
