"""An edited command runs if the first wording was not understood, and never twice."""

import pytest

from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import WHALE, TelegramChats, until

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def all_handled(database: Database) -> None:
    await until(lambda: database.fetchval("SELECT bool_and(state = 'done') FROM updates"))


async def sent(chats: TelegramChats, user_id: int, text: str) -> int:
    """Write something; the id of the message, once it is answered."""
    seq = chats.telegram.ledger.last
    message = chats.telegram.people.send(user_id, text)
    await chats.next_entry(user_id, seq)
    return message.message_id


async def edited(chats: TelegramChats, user_id: int, message_id: int, text: str) -> str:
    seq = chats.telegram.ledger.last
    chats.telegram.people.edit(user_id, message_id, text)
    return (await chats.next_entry(user_id, seq)).text or ""


@pytest.fixture
def alice(chats: TelegramChats) -> User:
    return chats.telegram.people.add_user("Alice")


@pytest.mark.parametrize("first", ["/wach", "/watch nonsense"])
async def test_a_command_that_was_not_understood_runs_once_it_is_mended(
    chats: TelegramChats, alice: User, database: Database, first: str
) -> None:
    message_id = await sent(chats, alice.id, first)
    await all_handled(database)
    assert "is not a" in await edited(chats, alice.id, message_id, "/watch more nonsense")
    assert "Following Moby" in await edited(chats, alice.id, message_id, f"/watch {WHALE} Moby")
    await all_handled(database)
    seen = len(chats.texts(alice.id))
    chats.telegram.people.edit(alice.id, message_id, f"/watch {WHALE} Ahab")
    await all_handled(database)
    assert await database.fetchval("SELECT label FROM watches") == "Moby"
    assert len(chats.texts(alice.id)) == seen


@pytest.mark.parametrize("text", ["/unwatch Moby", "thanks"])
async def test_what_was_understood_is_not_run_again_in_other_words(
    chats: TelegramChats, alice: User, database: Database, text: str
) -> None:
    message_id = await sent(chats, alice.id, f"/watch {WHALE} Moby")
    await all_handled(database)
    chats.telegram.people.edit(alice.id, message_id, text)
    await all_handled(database)
    assert await database.fetchval("SELECT count(*) FROM watches") == 1
    assert len(chats.texts(alice.id)) == 1
