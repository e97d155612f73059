"""Messages that wait for a chat end when it is closed, and follow its new id and its settings."""

from datetime import UTC, datetime

import pytest

from storage.chats.chats import close_chat, migrate_chat, reopen_chat
from storage.chats.waiting_messages import end_waiting, set_deferred_due
from storage.postgres import Database
from tests.storage.outbox import announce_all, defer_alerts, end_deferral, end_outage
from tests.storage.sample_data import ALICE, BOB, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services
MOVED = -1_001_234
LATER = datetime(2030, 1, 1, tzinfo=UTC)


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
