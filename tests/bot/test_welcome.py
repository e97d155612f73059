"""What is said where the bot is added, and where somebody leaves."""

import pytest

from storage.postgres import Database
from tests.bot.conftest import TelegramChats

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_a_group_hears_that_the_admin_who_pays_has_left_and_of_no_other_admin(
    chats: TelegramChats, database: Database
) -> None:
    people = chats.telegram.people
    alice, bob = (people.add_user(name, started=True) for name in ("Alice", "Bob"))
    group = await chats.group({alice.id: "creator", bob.id: "administrator"})
    assert await database.fetchval("SELECT payer_id FROM chats WHERE chat_id = $1", group) == alice.id
    assert "posts here what they do" in chats.texts(group)[0]
    seen, seq = len(chats.texts(group)), chats.telegram.ledger.last
    people.leave(group, bob.id)
    people.leave(group, alice.id)
    await chats.next_entry(group, seq)
    (said,) = chats.texts(group)[seen:]
    assert "The admin whose limits count here has left" in said
