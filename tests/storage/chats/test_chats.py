"""Chats close, open again and move.
Messages that wait for a chat end when it is closed, and follow its new id and its settings.
"""

from datetime import UTC, datetime

import pytest

from domain.chats import Chat, ChatKind
from storage.chats.chats import (
    close_chat,
    confirm_chat,
    end_waiting,
    heard_from_chat,
    hold_chat,
    migrate_chat,
    reopen_chat,
    saw_chat,
    set_deferred_due,
)
from storage.chats.standing import chat_standing
from storage.chats.watches import watches_of
from storage.postgres import Database
from storage.whales.searches import NewWhaleSearch, keep_card, start_search
from tests.storage.outbox import announce_all, defer_alerts, end_deferral, end_outage
from tests.storage.sample_data import ALICE, BOB, CHAIN, fan_out_all, follow, happened, purchase

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
LATER = datetime(2030, 1, 1, tzinfo=UTC)


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
    await keep_card(database, started.search_id, chat_id=-55, message_id=7)
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


async def pause(database: Database) -> float:
    seconds: float = await database.fetchval(
        "SELECT extract(epoch FROM suspended_until - now())::float8 FROM chats WHERE chat_id = $1", ALICE
    )
    return seconds


async def due(database: Database) -> int:
    number: int = await database.fetchval("SELECT count(*) FROM deliveries WHERE due_at <= now()")
    return number


async def test_a_held_chat_is_tried_after_pauses_that_grow_to_half_an_hour(database: Database) -> None:
    await follow(database, ALICE)
    pauses = []
    for _ in range(13):
        await hold_chat(database, ALICE, "no right to write")
        pauses.append(await pause(database))
    assert pauses[:4] == pytest.approx([1, 2, 4, 8], abs=0.5)
    assert pauses[-1] == pytest.approx(1800, abs=1)


async def test_whoever_writes_opens_a_held_chat_and_what_waited_is_due(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase())
    await fan_out_all(database)
    await hold_chat(database, ALICE, "no right to write")
    await database.execute("UPDATE deliveries SET state = 'retry', due_at = now() + interval '1 hour'")
    assert await due(database) == 0
    await heard_from_chat(database, ALICE)
    assert await due(database) == 1
    assert await chat_standing(database, ALICE) is None


async def test_whoever_writes_opens_a_closed_chat_but_not_one_that_is_banned(database: Database) -> None:
    await follow(database, ALICE)
    await close_chat(database, ALICE, "chat not found")
    closed = await chat_standing(database, ALICE)
    assert closed is not None
    assert (closed.reason, closed.next_try_at) == ("chat not found", None)
    await database.execute("INSERT INTO bans (user_id, reason, banned_by) VALUES ($1, 'spam', 1)", ALICE)
    await heard_from_chat(database, ALICE)
    assert await chat_standing(database, ALICE) is not None
    await database.execute("DELETE FROM bans")
    await heard_from_chat(database, ALICE)
    assert await chat_standing(database, ALICE) is None


async def test_a_ban_does_not_end_by_what_opens_or_confirms_a_chat(database: Database) -> None:
    await follow(database, -55)
    await close_chat(database, -55, "banned")
    await database.execute("INSERT INTO bans (user_id, reason, banned_by) VALUES (-55, 'spam', 1)")
    await reopen_chat(database, -55)
    await confirm_chat(database, -55, payer_id=ALICE)
    standing = await chat_standing(database, -55)
    assert standing is not None
    assert standing.reason == "banned"


async def test_a_group_without_the_bot_opens_when_somebody_writes_there_and_not_before(
    database: Database,
) -> None:
    await follow(database, -55)
    await close_chat(database, -55, "removed")
    await reopen_chat(database, -55)
    assert await chat_standing(database, -55) is not None
    await heard_from_chat(database, -55)
    assert await chat_standing(database, -55) is None


async def states(database: Database, chat_id: int) -> dict[str, int]:
    rows = await database.fetch(
        "SELECT state, count(*) FROM deliveries WHERE chat_id = $1 GROUP BY state", chat_id
    )
    return {row["state"]: row["count"] for row in rows}


async def test_deliveries_that_waited_while_a_chat_was_closed_are_not_sent_when_it_opens(
    database: Database,
) -> None:
    await follow(database, ALICE)
    await happened(database, purchase(), purchase(1))
    await fan_out_all(database)
    await database.execute("UPDATE deliveries SET state = 'deferred' WHERE delivery_id = 1")
    await close_chat(database, ALICE, "blocked")
    await reopen_chat(database, ALICE)
    assert await database.fetchval("SELECT count(*) FROM deliveries WHERE state = 'dead'") == 2


async def test_only_messages_of_the_chat_end(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, BOB)
    await happened(database, purchase())
    await fan_out_all(database)
    await database.transaction(lambda connection: end_waiting(connection, ALICE))
    assert await states(database, ALICE) == {"dead": 1}
    assert await states(database, BOB) == {"pending": 1}


async def test_deferred_deliveries_and_the_line_about_an_outage_get_another_time(
    database: Database,
) -> None:
    await defer_alerts(database, ALICE, 2)
    await follow(database, BOB)
    await end_outage(database)
    await announce_all(database)
    await database.transaction(lambda connection: set_deferred_due(connection, ALICE, LATER))
    due = await database.fetch("SELECT chat_id, due_at = $1 AS later FROM deliveries", LATER)
    assert {(row["chat_id"], row["later"]) for row in due} == {(ALICE, True), (BOB, False)}


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
    assert await states(database, MOVED) == {"sent": 1, "deferred": 2}
