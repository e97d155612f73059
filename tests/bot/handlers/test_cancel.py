"""/cancel."""

import pytest

from sandbox.telegram.shapes import User
from tests.bot.conftest import WHALE, Town

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_it_forgets_the_question(town: Town, alice: User) -> None:
    assert "nothing to cancel" in await town.ask(alice.id, "/cancel")
    await town.ask(alice.id, "/watch")
    assert "forgotten" in await town.ask(alice.id, "/cancel")
    offered = await town.ask(alice.id, WHALE)
    assert "What shall I do" in offered


async def test_another_command_ends_the_question_too(town: Town, alice: User) -> None:
    await town.ask(alice.id, "/watch")
    await town.ask(alice.id, "/help")
    assert "What shall I do" in await town.ask(alice.id, WHALE)
