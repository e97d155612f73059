"""/user, /ban, /unban, /audit."""

import pytest

from sandbox.telegram.chats.people import MessageTarget
from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import OPERATOR, WHALE, TelegramChats

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


@pytest.fixture(autouse=True)
def _operator(chats: TelegramChats) -> None:
    chats.telegram.people.add_user("Olga", user_id=OPERATOR)


async def test_a_person_is_shown_in_numbers(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    answer_text = await chats.ask(OPERATOR, f"/user {alice.id}")
    assert f"Alice {alice.id} private" in answer_text
    assert "Follows 1 wallet ·" in answer_text
    assert "Unknown id" in await chats.ask(OPERATOR, "/user 12345")
    assert "Write it like /user" in await chats.ask(OPERATOR, "/user Alice")


async def test_a_banned_person_gets_the_reason_once_and_no_alerts(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    assert "Write it like /ban" in await chats.ask(OPERATOR, f"/ban {alice.id}")
    assert "Blocked" in await chats.ask(OPERATOR, f"/ban {alice.id} sends spam")
    assert "You are blocked from this bot: sends spam" in await chats.ask(alice.id, "/start")
    assert await database.fetchval("SELECT closed_reason FROM chats WHERE chat_id = $1", alice.id) == "banned"
    assert "Blocked: sends spam" in await chats.ask(OPERATOR, f"/user {alice.id}")
    assert "Unblocked" in await chats.ask(OPERATOR, f"/unban {alice.id}")
    assert "Hello" in await chats.ask(alice.id, "/start")
    audit = await chats.ask(OPERATOR, "/audit")
    assert f"ban: {alice.id}: sends spam" in audit
    assert f"unban: {alice.id}" in audit
    assert (audit.count("unban"), audit.count("spam")) == (1, 1)
    assert await database.fetchval("SELECT count(*) = count(DISTINCT update_id) FROM audit_log")


async def test_an_operator_cannot_be_banned(chats: TelegramChats) -> None:
    assert "cannot be blocked" in await chats.ask(OPERATOR, f"/ban {OPERATOR} by mistake")
    assert "was not blocked" in await chats.ask(OPERATOR, "/unban 77")


async def test_g85_forwarded_words_and_groups_give_no_power(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    group = await chats.group({OPERATOR: "creator"})
    assert "Operators only" in await chats.ask(OPERATOR, f"/ban {alice.id} x", MessageTarget(chat_id=group))
    assert await database.fetchval("SELECT count(*) FROM bans") == 0
    assert "⛔" in await chats.ask(OPERATOR, f"/audit {OPERATOR}")


async def test_an_operator_gives_a_tier_and_it_is_noted(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, "/start")
    assert "Tier free (300 alerts an hour, 500 wallets" in await chats.ask(OPERATOR, f"/user {alice.id}")
    assert "Write it like /tier" in await chats.ask(OPERATOR, f"/tier {alice.id} gold")
    assert "has the tier pro (no limit of alerts, 2,000 wallets," in await chats.ask(
        OPERATOR, f"/tier {alice.id} pro"
    )
    assert "Tier pro (no limit of alerts" in await chats.ask(OPERATOR, f"/user {alice.id}")
    assert "Unknown id" in await chats.ask(OPERATOR, "/tier 12345 pro")
    assert f"tier: {alice.id}: free -> pro" in await chats.ask(OPERATOR, "/audit")
    assert "Operators only" in await chats.ask(alice.id, f"/tier {alice.id} pro")


async def test_who_gets_a_tier_reads_the_new_limits(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, "/start")
    seq = chats.telegram.ledger.last
    await chats.ask(OPERATOR, f"/tier {alice.id} pro")
    text = (await chats.next_entry(alice.id, seq)).text or ""
    assert "Your limits are now 2,000 wallets" in text


async def test_a_wallet_is_banned_and_allowed_again(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    assert "1 chat followed it" in await chats.ask(OPERATOR, f"/ban {WHALE} a drainer")
    assert "⛔ Moby" in await chats.ask(alice.id, "/wallets")
    assert "have blocked this wallet" in await chats.ask(alice.id, f"/watch {WHALE}")
    assert "Unblocked" in await chats.ask(OPERATOR, f"/unban {WHALE}")
    assert "🐋 Moby" in await chats.ask(alice.id, "/wallets")
