"""Chats close and open again; messages that wait for one end when it is closed, and follow its settings."""

from datetime import UTC, datetime

import pytest

from domain.chats import Chat, ChatKind
from storage.chats.chats import (
    close_chat,
    confirm_chat,
    end_waiting,
    hold_chat,
    reopen_chat,
    reopen_writable_chat,
    saw_chat,
    set_deferred_due,
)
from storage.chats.standing import chat_standing
from storage.postgres import Database
from tests.storage.outbox import announce_all, defer_alerts, end_outage, states_of_chat
from tests.storage.sample_data import ALICE, BOB, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services
LATER = datetime(2030, 1, 1, tzinfo=UTC)


async def test_a_closed_chat_opens_again(database: Database) -> None:
    await follow(database, ALICE)
    await close_chat(database, ALICE, "blocked")
    await reopen_chat(database, ALICE)
    await happened(database, purchase())
    assert await fan_out_all(database) == 1


async def test_a_new_title_is_noted(database: Database) -> None:
    for title in ("Alice", "Alice B."):
        await saw_chat(database, Chat(chat_id=ALICE, kind=ChatKind.PRIVATE, title=title))
    assert await database.fetchval("SELECT title FROM chats") == "Alice B."


async def test_a_chat_is_new_once_whatever_its_title_is_later(database: Database) -> None:
    titles = ("Alice", "Alice", "Alice B.")
    seen = [
        await saw_chat(database, Chat(chat_id=ALICE, kind=ChatKind.PRIVATE, title=title)) for title in titles
    ]
    assert seen == [True, False, False]


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
    await reopen_writable_chat(database, ALICE)
    assert await due(database) == 1
    assert await chat_standing(database, ALICE) is None


async def test_whoever_writes_opens_a_closed_chat_but_not_one_that_is_banned(database: Database) -> None:
    await follow(database, ALICE)
    await close_chat(database, ALICE, "chat not found")
    closed = await chat_standing(database, ALICE)
    assert closed is not None
    assert (closed.reason, closed.next_try_at) == ("chat not found", None)
    await database.execute("INSERT INTO bans (user_id, reason, banned_by) VALUES ($1, 'spam', 1)", ALICE)
    await reopen_writable_chat(database, ALICE)
    assert await chat_standing(database, ALICE) is not None
    await database.execute("DELETE FROM bans")
    await reopen_writable_chat(database, ALICE)
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
    await reopen_writable_chat(database, -55)
    assert await chat_standing(database, -55) is None


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
    assert await states_of_chat(database, ALICE) == {"dead": 1}
    assert await states_of_chat(database, BOB) == {"pending": 1}


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
