"""/user, /ban, /unban, /audit."""

import pytest

from sandbox.telegram.chats.people import MessageTarget
from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import OPERATOR, WHALE, Town

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


@pytest.fixture(autouse=True)
def _operator(town: Town) -> None:
    town.telegram.people.add_user("Olga", user_id=OPERATOR)


async def test_a_person_is_shown_in_numbers(town: Town, alice: User) -> None:
    await town.ask(alice.id, f"/watch {WHALE} Moby")
    told = await town.ask(OPERATOR, f"/user {alice.id}")
    assert f"Alice {alice.id} private" in told
    assert "Follows 1 wallets" in told
    assert "I know nobody" in await town.ask(OPERATOR, "/user 12345")
    assert "Write it like /user" in await town.ask(OPERATOR, "/user Alice")


async def test_who_is_banned_is_told_so_once_and_hears_no_alerts(
    town: Town, alice: User, database: Database
) -> None:
    await town.ask(alice.id, f"/watch {WHALE} Moby")
    assert "Write it like /ban" in await town.ask(OPERATOR, f"/ban {alice.id}")
    assert "Banned" in await town.ask(OPERATOR, f"/ban {alice.id} sends spam")
    assert "You may not use this bot: sends spam" in await town.ask(alice.id, "/start")
    assert await database.fetchval("SELECT closed_reason FROM chats WHERE chat_id = $1", alice.id) == "banned"
    assert "Banned: sends spam" in await town.ask(OPERATOR, f"/user {alice.id}")
    assert "Unbanned" in await town.ask(OPERATOR, f"/unban {alice.id}")
    assert "Hello" in await town.ask(alice.id, "/start")
    audit = await town.ask(OPERATOR, "/audit")
    assert f"ban: {alice.id}: sends spam" in audit
    assert f"unban: {alice.id}" in audit


async def test_an_operator_cannot_be_banned(town: Town) -> None:
    assert "cannot be banned" in await town.ask(OPERATOR, f"/ban {OPERATOR} by mistake")
    assert "was not banned" in await town.ask(OPERATOR, "/unban 77")


async def test_g85_forwarded_words_and_groups_give_no_power(
    town: Town, alice: User, database: Database
) -> None:
    group = await town.group({OPERATOR: "creator"})
    assert "for operators" in await town.ask(OPERATOR, f"/ban {alice.id} x", MessageTarget(chat_id=group))
    assert await database.fetchval("SELECT count(*) FROM bans") == 0
    assert "⛔" in await town.ask(OPERATOR, f"/audit {OPERATOR}")


async def test_an_operator_gives_a_tier_and_it_is_noted(town: Town, alice: User) -> None:
    await town.ask(alice.id, "/start")
    assert "Tier free (300 alerts an hour)" in await town.ask(OPERATOR, f"/user {alice.id}")
    assert "Write it like /tier" in await town.ask(OPERATOR, f"/tier {alice.id} gold")
    assert "has the tier pro (no limit); it was free" in await town.ask(OPERATOR, f"/tier {alice.id} pro")
    assert "Tier pro (no limit)" in await town.ask(OPERATOR, f"/user {alice.id}")
    assert "I know nobody" in await town.ask(OPERATOR, "/tier 12345 pro")
    assert f"tier: {alice.id}: free -> pro" in await town.ask(OPERATOR, "/audit")
    assert "for operators" in await town.ask(alice.id, f"/tier {alice.id} pro")
