"""The buttons of a confirmation and of channels fit, and lead where they say."""

from domain.chats import Chat, ChatKind
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.groups import (
    ACCEPT,
    CHANNEL,
    accept_keyboard,
    channels_keyboard,
    confirm_keyboard,
)

CALLBACKS = Callbacks("1:token")
GROUP = -1_009_999_999_999


def test_only_the_admin_that_it_was_made_for_may_press_the_button_in_private() -> None:
    keyboard = accept_keyboard(CALLBACKS, GROUP, user_id=5, made_at=1_700_000_000)
    data = str(keyboard.inline_keyboard[0][0].callback_data)
    assert CALLBACKS.read(data, chat_id=5, user_id=5).arguments == (str(-GROUP), "1700000000")
    assert CALLBACKS.read(data, chat_id=5, user_id=5).verb == ACCEPT


def test_channels_are_named_and_oneself_is_last() -> None:
    channels = [Chat(chat_id=GROUP, kind=ChatKind.CHANNEL, title="W" * 90)]
    rows = channels_keyboard(CALLBACKS, channels, user_id=5).inline_keyboard
    assert [row[0].text for row in rows] == ["📣 " + "W" * 19 + "…", "👤 This private chat"]
    assert CALLBACKS.read(str(rows[1][0].callback_data), chat_id=5, user_id=5).verb == CHANNEL
    assert confirm_keyboard(CALLBACKS, chat_id=GROUP).inline_keyboard[0][0].text == "✅ Confirm in private"
