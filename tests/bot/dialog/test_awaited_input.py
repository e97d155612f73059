"""Without Redis: no conversations, but every command in one line, and nothing is lost."""

import pytest

from storage.postgres import Database
from storage.redis import open_redis
from tests.bot.conftest import WHALE, Make, TelegramChats, free_port, running

pytestmark = pytest.mark.services


async def test_without_redis_one_line_must_do(
    chats: TelegramChats, make_settings: Make, database: Database
) -> None:
    alice, bob, ann = chats.telegram.people.add_users(3)
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    async with running(make_settings(REDIS_URL=nowhere)):
        assert "in one line: /watch ADDRESS name" in await chats.ask(alice, "/watch")
        assert "Following Moby" in await chats.ask(bob, f"/watch {WHALE} Moby")
        assert "Scanning" in await chats.ask(ann, f"/scan {WHALE}")
    assert await database.fetchval("SELECT state FROM questions") == "open"


@pytest.mark.usefixtures("bot")
async def test_b25_a_question_that_redis_forgot_is_started_again_with_a_friendly_word(
    chats: TelegramChats, valkey_url: str
) -> None:
    (alice,) = chats.telegram.people.add_users(1)
    assert "address" in (await chats.ask(alice, "/watch")).lower()
    client = open_redis(valkey_url)
    await client.flushall()
    await client.aclose()
    assert "Not understood. Send a wallet's address" in await chats.ask(alice, "Moby")
    assert "✅ Following" in await chats.ask(alice, f"/watch {WHALE} Moby")
