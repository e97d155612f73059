"""Which commands count for a channel; how that continues stands in tests/bot/handlers/test_groups.py."""

from typing import cast

import pytest

from bot.acting import redirected
from bot.dialog.request import Request
from bot.routes import COMMANDS
from domain.chats import ChatKind, ChatTarget
from services.services import Services

NOBODY = cast("Services", None)
"""Not asked: these commands count where they are written."""
TARGET = ChatTarget(chat_id=5, kind=ChatKind.PRIVATE)


@pytest.mark.parametrize("command", ["start", "channel", "cancel", "deleteme", "ban", "tier", "scanner"])
async def test_what_is_about_oneself_or_for_operators_counts_where_it_is_written(command: str) -> None:
    request = Request(update_id=1, target=TARGET, user_id=5, message_id=1, command=command)
    assert await redirected(NOBODY, COMMANDS[command], request) is request
