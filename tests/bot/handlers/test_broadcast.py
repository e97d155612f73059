"""/broadcast: preview, confirm, progress, stop."""

import pytest

from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import OPERATOR, Town

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


@pytest.fixture(autouse=True)
def _operator(town: Town) -> None:
    town.telegram.people.add_user("Olga", user_id=OPERATOR)


async def test_a_preview_is_confirmed_stopped_and_resumed(
    town: Town, alice: User, database: Database
) -> None:
    await town.ask(alice.id, "/start")
    await town.ask(OPERATOR, "/start")
    shown = await town.asked(OPERATOR, "/broadcast News: <b>5 &\nmore")
    assert shown.text == "Preview, to 2 chats\n\nNews: <b>5 &\nmore"
    assert await database.fetchval("SELECT count(*) FROM broadcast_messages") == 0
    _, text = await town.press_and_see(OPERATOR, shown, "📣 Send to 2")
    assert "Broadcast 1: running" in text
    assert "Sent 0 of 2" in text
    _, text = await town.press_and_see(OPERATOR, shown, "⏹ Stop")
    assert "Broadcast 1: stopped" in text
    _, text = await town.press_and_see(OPERATOR, shown, "▶ Go on")
    assert "Broadcast 1: running" in text
    assert "Broadcast 1: running" in await town.ask(OPERATOR, "/broadcast")
    assert "broadcast: start 1" in await town.ask(OPERATOR, "/audit")


async def test_what_is_not_confirmed_is_not_sent(town: Town, database: Database) -> None:
    shown = await town.asked(OPERATOR, "/broadcast hello")
    _, text = await town.press_and_see(OPERATOR, shown, "Do not send")
    assert text == "Not sent."
    assert "Write /broadcast" in await town.ask(OPERATOR, "/broadcast")
    assert "too long" in await town.ask(OPERATOR, "/broadcast " + "x" * 3_600)


async def test_g85_nobody_else_may(town: Town, alice: User, database: Database) -> None:
    assert "for operators" in await town.ask(alice.id, "/broadcast hello")
    assert await database.fetchval("SELECT count(*) FROM broadcasts") == 0
