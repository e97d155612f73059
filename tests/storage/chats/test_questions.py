"""Questions: asked once per update, answered by one, asked again when a worker dies."""

from dataclasses import replace

import pytest

from domain.jobs import MAX_ATTEMPTS, Question, QuestionKind
from storage.chats.questions import (
    ask,
    close_question,
    lease_question,
    release_question,
    unanswered_questions,
)
from storage.postgres import Database
from tests.storage.sample_data import ALICE, MINT, follow

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


async def test_the_same_update_asks_once(database: Database) -> None:
    assert await asked(database) == await asked(database)


async def test_one_worker_answers(database: Database) -> None:
    number = await asked(database)
    taken = await lease_question(database, number, owner="a")
    assert taken == replace(QUESTION, question_id=number, attempts=1)
    assert await lease_question(database, number, owner="b") is None
    assert await close_question(database, number, owner="a")
    assert await lease_question(database, number, owner="b") is None


async def test_a_question_without_a_lease_is_found(database: Database) -> None:
    number = await asked(database)
    assert await unanswered_questions(database, older_than=0) == [(number, QuestionKind.SECURITY_SCAN)]
    await lease_question(database, number, owner="dead")
    assert await unanswered_questions(database, older_than=0) == []
    await database.execute("UPDATE questions SET lease_until = now() - interval '1 second'")
    assert await unanswered_questions(database, older_than=0) == [(number, QuestionKind.SECURITY_SCAN)]
    assert not await close_question(database, number, owner="somebody else")


async def test_tries_end(database: Database) -> None:
    number = await asked(database)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        question = await lease_question(database, number, owner="a")
        assert question is not None
        assert await release_question(database, question, owner="a") == (attempt < MAX_ATTEMPTS)


async def test_a_worker_whose_lease_got_no_answer_gets_the_question_again(database: Database) -> None:
    number = await asked(database)
    for _ in range(2):
        assert await lease_question(database, number, owner="a") is not None
    assert await lease_question(database, number, owner="b") is None
