"""Chats close, open again and move."""

import pytest

from domain.chats import Chat, ChatKind
from storage.chats.chats import close_chat, migrate_chat, reopen_chat, saw_chat
from storage.chats.watches import watches_of
from storage.postgres import Database
from tests.storage.sample_data import ALICE, CHAIN, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services
MOVED = -1_001_234


async def test_a_closed_chat_opens_again(database: Database) -> None:
    await follow(database, ALICE)
    await close_chat(database, ALICE, "blocked")
    await reopen_chat(database, ALICE)
    await happened(database, purchase())
    assert await fan_out_all(database) == 1


async def test_a_group_that_moves_takes_its_watches_and_deliveries_along(database: Database) -> None:
    await follow(database, -55)
    await happened(database, purchase())
    await fan_out_all(database)
    await migrate_chat(database, old_id=-55, new_id=MOVED)
    assert len(await watches_of(database, chat_id=MOVED, topic_id=0, chain=CHAIN)) == 1
    assert await database.fetchval("SELECT chat_id FROM deliveries") == MOVED


async def test_moving_to_a_chat_that_is_known_merges_without_doubling(database: Database) -> None:
    await follow(database, -55)
    await follow(database, MOVED)
    await happened(database, purchase())
    await fan_out_all(database)
    for _ in range(2):
        await migrate_chat(database, old_id=-55, new_id=MOVED)
    assert len(await watches_of(database, chat_id=MOVED, topic_id=0, chain=CHAIN)) == 1
    assert await database.fetchval("SELECT count(*) FROM deliveries") == 1
    assert await database.fetchval("SELECT count(*) FROM chats") == 1


async def test_a_new_title_is_noted(database: Database) -> None:
    for title in ("Alice", "Alice B."):
        await saw_chat(database, Chat(chat_id=ALICE, kind=ChatKind.PRIVATE, title=title))
    assert await database.fetchval("SELECT title FROM chats") == "Alice B."


async def test_a_merge_brings_the_settings_along_where_the_new_chat_has_none(database: Database) -> None:
    await follow(database, -55)
    await follow(database, MOVED)
    await database.execute("""UPDATE chats SET settings = '{"a": 1}' WHERE chat_id = -55""")
    await migrate_chat(database, old_id=-55, new_id=MOVED)
    assert await database.fetchval("SELECT settings->>'a' FROM chats") == "1"


async def test_to_open_an_open_chat_ends_nothing(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase())
    await fan_out_all(database)
    await reopen_chat(database, ALICE)
    assert await database.fetchval("SELECT state FROM deliveries") == "pending"
