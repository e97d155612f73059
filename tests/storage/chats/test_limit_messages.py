"""A chat is told once that it asks too much, whichever instance does it."""

from collections.abc import Mapping

import msgspec
import pytest

from storage.chats.limit_messages import StoredLimitMessages
from storage.chats.updates import DEFAULT_SHARES, ReceivedUpdate, StoreResult, store_updates
from storage.postgres import Database

pytestmark = pytest.mark.services
FIRST = DEFAULT_SHARES.per_minute + 1


SAID = {"chat": {"id": 7}, "text": "secret"}


async def store_many(database: Database, asked: Mapping[str, object] | None = None) -> None:
    asked = asked or {"message": SAID}
    many = [
        ReceivedUpdate(
            update_id=number,
            chat_id=7,
            user_id=7,
            payload=msgspec.json.encode({"update_id": number, **asked}).decode(),
            is_request=True,
            is_heavy=True,
        )
        for number in range(1, FIRST + 3)
    ]
    results = await store_updates(database, many)
    assert results[FIRST] is StoreResult.FIRST_LIMITED


async def silence(database: Database) -> None:
    await database.execute("UPDATE updates SET lease_until = now() - interval '1 s' WHERE error <> ''")


@pytest.mark.parametrize(
    "asked",
    [
        {"message": {**SAID, "caption": "secret", "reply_to_message": {"message_id": 1, "text": "secret"}}},
        {"edited_message": {**SAID, "caption": "secret", "reply_to_message": SAID}},
        {"callback_query": {"id": "1", "data": "secret", "message": SAID}},
    ],
    ids=["a message", "an edit", "a button"],
)
async def test_it_keeps_where_it_came_from_and_nothing_of_what_it_says(
    database: Database, asked: Mapping[str, object]
) -> None:
    await store_many(database, asked)
    one, other = (StoredLimitMessages(database=database, owner=owner) for owner in ("one", "other"))
    assert await one.take_over() == [], "its own instance may be at it"
    await silence(database)
    (left,) = await other.take_over()
    assert (left.update_id, left.chat_id, left.user_id) == (FIRST, 7, 7)
    assert '"chat"' in left.payload
    assert "secret" not in left.payload
    assert await one.begin(FIRST) is None, "the other one has it now"


async def test_whoever_takes_over_in_the_middle_knows_of_a_copy(database: Database) -> None:
    await store_many(database)
    one, other = (StoredLimitMessages(database=database, owner=owner) for owner in ("one", "other"))
    assert await one.begin(FIRST) == 0
    await silence(database)
    assert len(await other.take_over()) == 1
    assert await other.begin(FIRST) == 1
    await one.end(FIRST)
    assert await other.begin(FIRST) == 1, "who has lost it ends nothing"
    await other.end(FIRST)
    assert await other.begin(FIRST) is None
    await silence(database)
    assert await one.take_over() == []


async def test_a_pause_that_telegram_asks_for_is_kept(database: Database) -> None:
    await store_many(database)
    one, other = (StoredLimitMessages(database=database, owner=owner) for owner in ("one", "other"))
    assert await one.begin(FIRST) == 0
    await one.postpone(FIRST, seconds=30.0, copies=0)
    assert await other.take_over() == []
    await silence(database)
    assert len(await other.take_over()) == 1
    assert await other.begin(FIRST) == 0, "nothing was sent before the pause"
