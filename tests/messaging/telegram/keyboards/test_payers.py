"""The buttons that hand a group on fit, and are for one person."""

from domain.chats import Chat, ChatKind
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.payers import (
    GIVE_UP,
    TAKE_OVER,
    paid_keyboard,
    take_over_keyboard,
    take_over_link,
)

CALLBACKS = Callbacks("1:token")
GROUP = -1_009_999_999_999


def test_only_the_admin_that_it_was_made_for_may_take_over() -> None:
    keyboard = take_over_keyboard(CALLBACKS, GROUP, user_id=5, made_at=1_700_000_000)
    read = CALLBACKS.read(str(keyboard.inline_keyboard[0][0].callback_data), chat_id=5, user_id=5)
    assert (read.verb, read.arguments) == (TAKE_OVER, (str(-GROUP), "1700000000"))


def test_the_button_in_the_group_is_a_link() -> None:
    assert take_over_link("https://t.me/bot?start=p").inline_keyboard[0][0].url == "https://t.me/bot?start=p"


def test_each_chat_that_one_pays_for_has_a_button() -> None:
    assert paid_keyboard(CALLBACKS, [], user_id=5) is None
    keyboard = paid_keyboard(
        CALLBACKS, [Chat(chat_id=GROUP, kind=ChatKind.SUPERGROUP, title="W" * 90)], user_id=5
    )
    assert keyboard is not None
    ((button,),) = keyboard.inline_keyboard
    assert button.text == "✖️ " + "W" * 19 + "…"
    read = CALLBACKS.read(str(button.callback_data), chat_id=5, user_id=5)
    assert (read.verb, read.arguments) == (GIVE_UP, (str(-GROUP),))
