"""The button that brings alerts to a topic."""

from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.topics import BRING_HERE, topic_keyboard


def test_it_is_for_its_group() -> None:
    callbacks = Callbacks("1:token")
    ((button,),) = topic_keyboard(callbacks, chat_id=-5).inline_keyboard
    assert callbacks.read(str(button.callback_data), chat_id=-5, user_id=1).verb == BRING_HERE
