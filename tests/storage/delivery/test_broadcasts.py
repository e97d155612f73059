"""Broadcasts: one row per chat, stopped and resumed, never twice."""

import pytest

from storage.chats.chats import close_chat
from storage.delivery.broadcasts import (
    claim,
    draft,
    finish,
    mark,
    progress,
    reachable,
    record_result,
    release,
    running,
    start,
    stop,
)
from storage.postgres import Database
from tests.storage.outbox import LosesAnswers
from tests.storage.sample_data import ALICE, BOB, follow

pytestmark = pytest.mark.services


@pytest.fixture
async def number(database: Database) -> int:
    for chat in (ALICE, BOB, 3):
        await follow(database, chat)
    await close_chat(database, 3, "blocked")
    return await draft(database, "hello", by=1)


async def test_it_goes_to_open_chats_and_ends(database: Database, number: int) -> None:
    assert await reachable(database) == 2
    assert await running(database) is None
    assert await start(database, number)
    assert not await start(database, number)
    chats = await claim(database, number, owner="a", limit=9)
    assert sorted(chats) == [ALICE, BOB]
    assert await claim(database, number, owner="b", limit=9) == []
    for chat in chats:
        assert await mark(database, number, owner="a", chat_id=chat) == 1
        assert await mark(database, number, owner="a", chat_id=chat) is None
        assert not await finish(database, number)
        await record_result(database, number, owner="a", chat_id=chat, state="sent")
    assert await finish(database, number)
    done = await progress(database)
    assert done is not None
    assert (done.state, done.total, done.sent) == ("done", 2, 2)


async def test_a_mark_that_got_no_answer_is_found_by_the_next_try(database: Database, number: int) -> None:
    await start(database, number)
    chat, *_ = await claim(database, number, owner="a", limit=9)
    forgetful = LosesAnswers(database._pool)
    assert await mark(forgetful, number, owner="a", chat_id=chat) == 1
    assert await mark(database, number, owner="a", chat_id=chat) is None
    assert await mark(forgetful, number, owner="b", chat_id=chat) is None


async def test_after_a_stop_nothing_is_sent_until_it_goes_on(database: Database, number: int) -> None:
    await start(database, number)
    chats = await claim(database, number, owner="a", limit=1)
    assert await stop(database, number)
    assert await mark(database, number, owner="a", chat_id=chats[0]) is None
    await release(database, number, owner="a", chat_ids=chats)
    assert await start(database, number)
    assert len(await claim(database, number, owner="b", limit=9)) == 2


async def test_what_a_dead_sender_had_marked_is_not_sent_again(database: Database, number: int) -> None:
    await start(database, number)
    chat, *_ = await claim(database, number, owner="dead", limit=9)
    await mark(database, number, owner="dead", chat_id=chat)
    await database.execute("UPDATE broadcast_messages SET lease_until = now() - interval '1 second'")
    assert len(await claim(database, number, owner="next", limit=9)) == 1
    found = await progress(database, number)
    assert found is not None
    assert found.ambiguous == 1


async def test_a_chat_that_closes_meanwhile_is_left_out(database: Database, number: int) -> None:
    await start(database, number)
    await close_chat(database, ALICE, "blocked")
    assert await claim(database, number, owner="a", limit=9) == [BOB]
    assert await mark(database, number, owner="a", chat_id=ALICE) is None
