"""A request asked for twice is carried out once, whoever is faster."""

import asyncio

import pytest

from storage.postgres import Database
from storage.web.repeated_requests import Earlier, RequestName, StoredAnswer, begin, end, forget

pytestmark = pytest.mark.services
ONE = RequestName(caller="key:1", name="one", request_hash=b"a")
OTHER = RequestName(caller="key:1", name="one", request_hash=b"b")


async def test_of_many_at_once_one_begins(database: Database) -> None:
    begun = await asyncio.gather(*(begin(database, ONE) for _ in range(5)))
    assert sorted(begun, key=str) == [Earlier.IN_WORK] * 4 + [None]


async def test_the_second_gets_the_answer_of_the_first_and_another_request_is_refused(
    database: Database,
) -> None:
    answer = StoredAnswer(status=201, body=b"{}")
    await begin(database, ONE)
    assert await begin(database, OTHER) is Earlier.OTHER
    await end(database, ONE, answer)
    assert await begin(database, ONE) == answer
    assert await begin(database, OTHER) is Earlier.OTHER


async def test_one_that_failed_or_was_cut_off_may_be_tried_again(database: Database) -> None:
    await begin(database, ONE)
    await forget(database, ONE)
    assert await begin(database, ONE) is None
    await database.execute("UPDATE idempotent_requests SET created_at = now() - interval '2 minutes'")
    assert await begin(database, ONE) is None
    assert await begin(database, ONE) is Earlier.IN_WORK
