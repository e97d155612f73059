"""/payer in private; in groups: tests/bot/handlers/test_groups.py."""

import pytest

from sandbox.telegram.shapes import User
from tests.bot.conftest import TelegramChats

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_who_pays_for_no_group_reads_so(chats: TelegramChats, alice: User) -> None:
    assert "count in no group" in await chats.ask(alice.id, "/payer")
