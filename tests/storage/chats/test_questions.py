"""Questions: asked once per update, answered by one, asked again when a worker dies."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from domain.jobs import MAX_ATTEMPTS, Question, QuestionCounts, QuestionKind, Queue
from storage.chats.questions import (
    ask,
    claim_questions,
    close_question,
    counts_by_queue,
    release_question,
    unanswered_questions,
)
from storage.postgres import Database
from tests.storage.sample_data import ALICE, BOB, MINT, follow

pytestmark = pytest.mark.services
QUESTION = Question(
    question_id=0,
    kind=QuestionKind.SECURITY_SCAN,
    chat_id=ALICE,
    topic_id=0,
    message_id=7,
    subject=MINT,
    attempts=0,
)


async def asked(database: Database) -> int:
    await follow(database, ALICE)
    return await ask(database, QUESTION, update_id=1)


async def claimed(database: Database, owner: str, in_work: Sequence[int] = ()) -> list[Question]:
    return await claim_questions(database, list(QuestionKind), owner=owner, limit=10, in_work=in_work)


async def test_the_same_update_asks_once(database: Database) -> None:
    assert await asked(database) == await asked(database)


async def test_one_worker_answers(database: Database) -> None:
    number = await asked(database)
    assert await claimed(database, "a") == [replace(QUESTION, question_id=number, attempts=1, update_id=1)]
    assert await claimed(database, "b") == []
    assert await close_question(database, number, owner="a")
    assert await claimed(database, "b") == []


async def test_a_question_without_a_lease_is_found(database: Database) -> None:
    number = await asked(database)
    assert await unanswered_questions(database, older_than=0) == [(number, QuestionKind.SECURITY_SCAN)]
    await claimed(database, "dead")
    assert await unanswered_questions(database, older_than=0) == []
    await database.execute("UPDATE questions SET lease_until = now() - interval '1 second'")
    assert await unanswered_questions(database, older_than=0) == [(number, QuestionKind.SECURITY_SCAN)]
    assert not await close_question(database, number, owner="somebody else")


async def test_the_tries_of_a_question_end(database: Database) -> None:
    await asked(database)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        (question,) = await claimed(database, "a")
        assert await release_question(database, question, owner="a") == (attempt < MAX_ATTEMPTS)


async def test_a_worker_whose_claim_got_no_answer_gets_the_question_again(database: Database) -> None:
    number = await asked(database)
    for _ in range(2):
        assert await claimed(database, "a")
    assert await claimed(database, "b") == []
    assert await claimed(database, "a", in_work=[number]) == []


async def test_a_released_question_is_due_after_its_wait(database: Database) -> None:
    number = await asked(database)
    (question,) = await claimed(database, "a")
    assert await release_question(database, question, owner="a", wait=60.0)
    assert await claimed(database, "a") == []
    assert await unanswered_questions(database, older_than=0) == []
    await database.execute("UPDATE questions SET due_at = now()")
    assert [one.question_id for one in await claimed(database, "b")] == [number]


async def test_a_kind_that_is_not_asked_for_is_left_alone(database: Database) -> None:
    await asked(database)
    assert await claim_questions(database, [QuestionKind.BALANCE], owner="a", limit=9) == []


async def test_chats_take_turns_however_much_one_asks(database: Database) -> None:
    await asked(database)
    for number in range(2, 6):
        await ask(database, QUESTION, update_id=number)
    await follow(database, BOB)
    last = await ask(database, replace(QUESTION, chat_id=BOB), update_id=9)
    taken = await claim_questions(database, list(QuestionKind), owner="a", limit=2)
    assert {one.chat_id for one in taken} == {ALICE, BOB}
    assert last in {one.question_id for one in taken}


async def test_many_claimers_never_get_the_same(database: Database) -> None:
    await follow(database, ALICE)
    for number in range(20):
        await ask(database, QUESTION, update_id=number)
    claims = await asyncio.gather(
        *(claim_questions(database, list(QuestionKind), owner=f"{n}", limit=4) for n in range(5))
    )
    ids = [one.question_id for claim in claims for one in claim]
    assert len(ids) == len(set(ids))


async def test_what_waits_is_answered_and_has_failed_is_counted_with_its_age(database: Database) -> None:
    await follow(database, ALICE)
    for number in range(4):
        await ask(database, QUESTION, update_id=number)
    await database.execute("UPDATE questions SET asked_at = now() - interval '9 seconds'")
    taken = await claim_questions(database, list(QuestionKind), owner="a", limit=3)
    await close_question(database, taken[0].question_id, owner="a")
    await close_question(database, taken[1].question_id, owner="a", error="gone")
    counts = (await counts_by_queue(database))[Queue.SECURITY_SCAN]
    assert (counts.waiting, counts.running, counts.done, counts.failed) == (1, 1, 1, 1)
    assert 9 <= counts.oldest_seconds < 60
    assert (await counts_by_queue(database))[Queue.BALANCE_CHECK] == QuestionCounts()
