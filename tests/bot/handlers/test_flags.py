"""/flags: a command is off for a while, for people, and comes back."""

import pytest

from sandbox.telegram.shapes import User
from services import operators
from storage.postgres import Database
from tests.bot.conftest import OPERATOR, WHALE, TelegramChats
from tests.bot.handlers.audit import acts

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


@pytest.fixture(autouse=True)
def _switches_are_read_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operators, "SWITCHES_SECONDS", 0.0)


async def test_a_command_is_off_for_people_until_it_is_switched_on(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    chats.telegram.people.add_user("Olga", user_id=OPERATOR)
    assert "/wallets until" in await chats.ask(OPERATOR, "/flags off wallets 2h")
    assert "/wallets is switched off until" in await chats.ask(alice.id, "/wallets")
    assert "switched off" not in await chats.ask(OPERATOR, "/wallets")
    assert "switched off" not in await chats.ask(alice.id, "/status")
    assert "All commands work." in await chats.ask(OPERATOR, "/flags on wallets")
    assert "switched off" not in await chats.ask(alice.id, "/wallets")
    assert (OPERATOR, "flags", "done") in await acts(database)


async def test_with_a_command_its_buttons_its_answers_and_looking_are_off(
    chats: TelegramChats, alice: User
) -> None:
    chats.telegram.people.add_user("Olga", user_id=OPERATOR)
    pasted = await chats.ask_message(alice.id, WHALE)
    await chats.ask(alice.id, "/balance")
    await chats.ask(OPERATOR, "/flags off balance")
    assert "/balance is switched off until" in await chats.press(alice.id, pasted, "💰 Balance")
    assert "/balance is switched off until" in await chats.ask(alice.id, WHALE)
    await chats.ask(OPERATOR, "/flags off price")
    assert "/price is switched off until" in await chats.ask(alice.id, "/price")


async def test_a_command_comes_back_by_itself(chats: TelegramChats, alice: User, database: Database) -> None:
    chats.telegram.people.add_user("Olga", user_id=OPERATOR)
    await chats.ask(OPERATOR, "/flags off wallets")
    await database.execute("UPDATE command_switches SET off_until = now() - interval '1 second'")
    assert "switched off" not in await chats.ask(alice.id, "/wallets")
    assert "All commands work." in await chats.ask(OPERATOR, "/flags")


@pytest.mark.parametrize("words", ["off help", "off stats", "off", "nonsense", "off deleteme 1h"])
async def test_what_people_need_and_what_is_no_command_stays_on(chats: TelegramChats, words: str) -> None:
    chats.telegram.people.add_user("Olga", user_id=OPERATOR)
    assert "That is no command to switch." in await chats.ask(OPERATOR, f"/flags {words}")


async def test_no_command_is_off_for_longer_than_a_week(chats: TelegramChats) -> None:
    chats.telegram.people.add_user("Olga", user_id=OPERATOR)
    assert "a week at most" in await chats.ask(OPERATOR, "/flags off scan 30d")


async def test_nobody_else_switches_anything(chats: TelegramChats, alice: User) -> None:
    assert "Operators only" in await chats.ask(alice.id, "/flags off scan")
