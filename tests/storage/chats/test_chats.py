"""Chats close, open again and move.
Messages that wait for a chat end when it is closed, and follow its new id and its settings.
"""

from datetime import UTC, datetime

import pytest

from domain.chats import Chat, ChatKind
from storage.chats.chats import (
    chat_standing,
    close_chat,
    end_waiting,
    heard_from_chat,
    hold_chat,
    migrate_chat,
    reopen_chat,
    saw_chat,
    set_deferred_due,
)
from storage.chats.watches import watches_of
from storage.postgres import Database
from tests.storage.outbox import announce_all, defer_alerts, end_deferral, end_outage
from tests.storage.sample_data import ALICE, BOB, CHAIN, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services
MOVED = -1_001_234
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


async def test_a_held_chat_says_why_since_when_and_when_it_is_tried_again(database: Database) -> None:
    await follow(database, ALICE)
    assert await chat_standing(database, ALICE) is None
    await hold_chat(database, ALICE, "no right to write")
    suspended = await chat_standing(database, ALICE)
    assert suspended is not None
    assert suspended.reason == "no right to write"
    assert suspended.next_try_at is not None
    await hold_chat(database, ALICE, "no right to write")
    again = await chat_standing(database, ALICE)
    assert again is not None
    assert again.since == suspended.since


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
