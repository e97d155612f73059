"""The buttons Mute 1 h and Unmute under an alert."""

import pytest

from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.alert import alert_keyboard
from messaging.telegram.methods import Markup, Message, Methods
from sandbox.telegram.ledger import Entry
from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import TOKEN, WHALE, Town

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def alert(town: Town, chat_id: int, keyboard: Markup | None) -> Entry:
    """What the notifications worker would send."""
    seq = town.telegram.ledger.last
    methods = Methods(TOKEN, town.telegram.url)
    await methods.open()
    await methods.send(Message(chat_id=chat_id, text="🟢 Moby bought", keyboard=keyboard))
    await methods.close()
    return await town.said(chat_id, seq)


async def test_mute_and_unmute_take_turns_and_the_other_buttons_stay(
    town: Town, alice: User, database: Database
) -> None:
    await town.ask(alice.id, f"/watch {WHALE} Moby")
    watch_id = await database.fetchval("SELECT watch_id FROM watches")
    keyboard = alert_keyboard(Callbacks(TOKEN), chat_id=alice.id, watch_id=watch_id, mint=WHALE)
    shown = await alert(town, alice.id, keyboard)
    note, _ = await town.press_and_see(alice.id, shown, "🔕 Mute 1 h")
    assert "Muted until" in note
    assert await database.fetchval("SELECT muted_until > now() + interval '50 minutes' FROM watches")
    note, _ = await town.press_and_see(alice.id, shown, "🔔 Unmute")
    assert "again about Moby" in note
    note, text = await town.press_and_see(alice.id, shown, "🔕 Mute 1 h")
    assert "Muted until" in note
    assert text == "🟢 Moby bought"
    await town.press(alice.id, shown, "🛡 Scan")


async def test_a_wallet_that_is_gone_cannot_be_muted(town: Town, alice: User) -> None:
    await town.ask(alice.id, "/start")
    keyboard = alert_keyboard(Callbacks(TOKEN), chat_id=alice.id, watch_id=77, mint=None)
    shown = await alert(town, alice.id, keyboard)
    assert "not followed here any more" in await town.press(alice.id, shown, "🔕 Mute 1 h")


async def test_a_button_of_another_chat_or_bot_is_refused(town: Town, alice: User) -> None:
    await town.ask(alice.id, "/start")
    for callbacks, chat_id in ((Callbacks(TOKEN), 1), (Callbacks("another"), alice.id)):
        keyboard = alert_keyboard(callbacks, chat_id=chat_id, watch_id=1, mint=None)
        shown = await alert(town, alice.id, keyboard)
        assert "too old" in await town.press(alice.id, shown, "🔕 Mute 1 h")
