"""Where somebody was seen: where they wrote, follow wallets, pay or have a key."""

import pytest

from domain.chats import Chat, ChatKind
from storage.chats.chats import saw_chat
from storage.postgres import Database
from storage.web.person_chats import chats_of_person
from tests.storage.sample_data import ALICE, follow

pytestmark = pytest.mark.services

GROUPS = {-1: "b wrote", -2: "A follows", -3: "c pays", -4: "has a key", -5: "never there"}


async def test_each_trace_of_a_person_counts_by_title_and_private_chats_do_not(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, -2)
    for chat_id, title in GROUPS.items():
        await saw_chat(database, Chat(chat_id=chat_id, kind=ChatKind.SUPERGROUP, title=title))
    await database.execute("UPDATE watches SET created_by = $1", ALICE)
    await database.execute("UPDATE chats SET payer_id = $1 WHERE chat_id = -3", ALICE)
    await database.execute(
        "INSERT INTO api_keys (key_hash, prefix, owner_id, chat_id, name, scopes)"
        " VALUES ('h', 'ww_', $1, -4, 'x', '{read}')",
        ALICE,
    )
    await database.execute(
        "INSERT INTO updates (update_id, chat_id, user_id, payload, is_request)"
        " VALUES (1, -1, $1, '{}', true)",
        ALICE,
    )
    assert [chat.title for chat in await chats_of_person(database, ALICE)] == [
        "A follows",
        "b wrote",
        "c pays",
        "has a key",
    ]
    assert await chats_of_person(database, 5) == []
