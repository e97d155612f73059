"""What people hear in a group that no admin has confirmed."""

from typing import Any, cast

import pytest

from bot.confirmation import answer_message
from bot.dialog.responder import Responder
from bot.dialog.update import Message
from bot.permissions import Throttle
from domain.chats import ChatKind, ChatTarget
from services.services import Services

GROUP = ChatTarget(chat_id=-5, kind=ChatKind.SUPERGROUP)


@pytest.mark.parametrize("text", ["hello", "/watch@other_bot X", ""])
async def test_talk_and_commands_for_other_bots_are_left_alone(text: str) -> None:
    nobody: Any = None
    message = Message(update_id=1, target=GROUP, user_id=7, message_id=1, text=text)
    await answer_message(
        cast("Services", nobody),
        cast("Responder", nobody),
        cast("Throttle", nobody),
        message,
        username="whale_bot",
    )
