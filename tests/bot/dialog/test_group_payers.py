"""Groups read that nobody pays for them; readers of a channel do not."""

from typing import cast

from bot.dialog.group_payers import unpaid_group_texts
from domain.chats import Chat, ChatKind
from messaging.telegram.callbacks import Callbacks
from services.services import Services


class _Services:
    callbacks = Callbacks("1:token")


def test_a_group_is_asked_to_confirm_anew_and_a_channel_is_left_alone() -> None:
    chats = [
        Chat(chat_id=-5, kind=ChatKind.SUPERGROUP, title="Club"),
        Chat(chat_id=-6, kind=ChatKind.CHANNEL, title="News"),
    ]
    (message,) = unpaid_group_texts(cast("Services", _Services()), chats)
    assert message.target.chat_id == -5
    assert message.keyboard is not None
