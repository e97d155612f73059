"""A group that gets a new id takes along all that is stored of it."""

import pytest

from domain.chats import Chat, ChatKind
from storage.chats.chats import saw_chat
from storage.chats.group_migrations import migrate_chat
from storage.chats.watches import watches_of
from storage.postgres import Database
from storage.whales.searches import NewWhaleSearch, set_card_message, start_search
from tests.storage.outbox import defer_alerts, end_deferral, states_of_chat
from tests.storage.sample_data import CHAIN, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services

MOVED = -1_001_234

# Tables that refer to chats, each with a row of the old chat; fan-out makes those of the first two.
OF_CHATS = {
    "watches": "",
    "deliveries": "",
    "price_alerts": "(chat_id, chain, mint, condition, target, anchor) VALUES (-55, 'c', 'm', 'above', 1, 1)",
    "alert_chats": "(alert_id, number, chat_id) SELECT alert_id, 1, -55 FROM alerts",
    "shared_lists": "(chat_id, owner_id, owner_name, wallets, expires_at) VALUES (-55, 1, '', '[]', now())",
    "noise_weeks": "(chat_id, zone, week) VALUES (-55, 'UTC', '{}')",
    "living_alerts": "(chat_id, wallet_id, mint, lane, edit_at)"
    " SELECT -55, wallet_id, 'm', 0, now() FROM wallets",
    "questions": "(update_id, kind, chat_id, message_id, subject) VALUES (1, 'k', -55, 1, 's')",
    "campaigns": "(chat_id, chain, wallets, plan) VALUES (-55, 'c', '{w}', '{}')",
    "webhooks": "(chat_id, owner_id, form, host, url, secret) VALUES (-55, 1, 'standard', 'h', 'u', 's')",
    "api_keys": "(key_hash, prefix, name, owner_id, chat_id, scopes) VALUES ('h', 'p', 'n', 1, -55, '{}')",
    "pattern_episodes": "(chat_id, topic_id, chain, pattern, mint, wallets, at, alert_id)"
    " VALUES (-55, 0, 'c', 'p', 'm', '{}', 1, 1)",
    "own_wallets": "(chat_id, chain, address) VALUES (-55, 'c', 'a')",
    "followed_tokens": "(chat_id, chain, mint, min_usd) VALUES (-55, 'c', 'm', 1)",
}

WITH_A_CHAT = """
SELECT table_name AS name FROM information_schema.columns
WHERE table_schema = current_schema AND column_name = 'chat_id' AND table_name <> 'chats'
"""

NOT_MOVED = {"updates", "audit_log"}
"""They say what was, under the id that it had then."""

FOREIGN_KEYS = """
SELECT conrelid::regclass::text AS name FROM pg_constraint
WHERE contype = 'f' AND confrelid = 'chats'::regclass AND conrelid <> confrelid
"""


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


async def test_moving_to_a_chat_that_is_known_loses_no_row_of_any_table(database: Database) -> None:
    tables = {row["name"] for row in await database.fetch(FOREIGN_KEYS)}
    assert tables == OF_CHATS.keys()
    named = {row["name"] for row in await database.fetch(WITH_A_CHAT)}
    assert named == tables | NOT_MOVED | {"whale_searches"}
    await follow(database, -55)
    await happened(database, purchase())
    await fan_out_all(database)
    for table, row in OF_CHATS.items():
        if row:
            await database.execute(f"INSERT INTO {table} {row}")
    await saw_chat(database, Chat(chat_id=MOVED, kind=ChatKind.SUPERGROUP))
    await migrate_chat(database, old_id=-55, new_id=MOVED)
    rows = {name: await database.fetchval(f"SELECT min(chat_id) FROM {name}") for name in OF_CHATS}
    assert rows == dict.fromkeys(OF_CHATS, MOVED)


async def test_the_end_of_a_whale_search_is_announced_where_its_group_has_moved(database: Database) -> None:
    await follow(database, -55)
    search = NewWhaleSearch(
        chain=CHAIN, update_id=1, started_by=1, chat_id=-55, min_lamports=1, slots_per_step=1, seconds=60
    )
    started = await start_search(database, search)
    await set_card_message(database, started.search_id, chat_id=-55, message_id=7)
    await migrate_chat(database, old_id=-55, new_id=MOVED)
    row = await database.fetchrow("SELECT chat_id, card_chat_id, card_message_id FROM whale_searches")
    assert row is not None
    assert tuple(row) == (MOVED, None, None)


async def test_a_merge_keeps_what_both_chats_have_once(database: Database) -> None:
    await follow(database, -55)
    await saw_chat(database, Chat(chat_id=MOVED, kind=ChatKind.SUPERGROUP))
    both = ("noise_weeks", "living_alerts", "pattern_episodes", "own_wallets", "followed_tokens")
    for table in both:
        await database.execute(f"INSERT INTO {table} {OF_CHATS[table]}")
        await database.execute(f"INSERT INTO {table} {OF_CHATS[table].replace('-55', str(MOVED))}")
    await migrate_chat(database, old_id=-55, new_id=MOVED)
    rows = {table: await database.fetchval(f"SELECT count(*) FROM {table}") for table in both}
    assert rows == dict.fromkeys(both, 1) | {"living_alerts": 2}
    assert await database.fetchval("SELECT count(*) FROM living_alerts WHERE closed_at IS NULL") == 1


async def test_a_merge_brings_the_settings_along_where_the_new_chat_has_none(database: Database) -> None:
    await follow(database, -55)
    await follow(database, MOVED)
    await database.execute("""UPDATE chats SET settings = '{"a": 1}' WHERE chat_id = -55""")
    await migrate_chat(database, old_id=-55, new_id=MOVED)
    assert await database.fetchval("SELECT settings->>'a' FROM chats") == "1"


async def test_a_digest_whose_carrier_stays_behind_is_gathered_anew(database: Database) -> None:
    await defer_alerts(database, -55, 3)
    await end_deferral(database)
    await database.execute(
        "UPDATE deliveries SET state = CASE delivery_id WHEN 3 THEN 'pending' ELSE 'digested' END,"
        " digest_id = 3"
    )
    await follow(database, MOVED)
    await database.execute(
        "INSERT INTO deliveries (alert_id, chat_id, gate, state) VALUES (3, $1, 'wanted', 'sent')", MOVED
    )
    await migrate_chat(database, old_id=-55, new_id=MOVED)
    assert await states_of_chat(database, MOVED) == {"sent": 1, "deferred": 2}
