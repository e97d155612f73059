"""A question is answered once, tried again when it cannot be known now, and never left open.
The table of question kinds.
"""

from collections.abc import AsyncIterator

import pytest

from domain.errors import NodeUnavailable, NodeUnreadable
from domain.jobs import MAX_ATTEMPTS, DeliverPayload, Question, QuestionKind, write
from messaging.telegram.texts.alert import POSSIBLE_REPEAT
from sandbox.telegram.faults import Fault, FaultKind
from storage.chats.questions import claim_questions
from tests.workers.questions.asking import Asking, asking
from workers.process import Context
from workers.questions.handler import QuestionHandler
from workers.questions.job import HANDLERS, WORKERS_DIED, answer


@pytest.fixture
async def alice(postgres_url: str) -> AsyncIterator[Asking]:
    async with asking(postgres_url) as run:
        yield run


async def knows(_context: Context, question: Question) -> str:
    return f"all about {question.subject}"


async def knows_not(_context: Context, _question: Question) -> str:
    raise NodeUnavailable("every node is away")


KNOWS = QuestionHandler(answer=knows, give_up=lambda subject, **_: f"nothing about {subject}")
KNOWS_NOT = QuestionHandler(answer=knows_not, give_up=lambda subject, **_: f"nothing about {subject}")


@pytest.mark.services
async def test_the_answer_replaces_the_placeholder_once(alice: Asking) -> None:
    number = await alice.ask(QuestionKind.SECURITY_SCAN, "it")
    for _ in range(2):
        await alice.attempt(number, KNOWS)
    edits = alice.sandbox.telegram.ledger.since(kind="edit", chat_id=alice.chat_id)
    assert [edit.text for edit in edits] == ["all about it"]


@pytest.mark.services
async def test_what_cannot_be_known_now_stays_open_and_is_given_up_at_last(alice: Asking) -> None:
    number = await alice.ask(QuestionKind.SECURITY_SCAN, "it")
    for _ in range(MAX_ATTEMPTS):
        assert await alice.state(number) == "open"
        assert alice.last_edit() == ""
        await alice.attempt(number, KNOWS_NOT)
    assert await alice.state(number) == "failed"
    assert alice.last_edit() == "nothing about it"


async def reads_nonsense(_context: Context, _question: Question) -> str:
    raise NodeUnreadable("a node answered in a form that cannot be read")


async def test_scenario_99_what_no_node_says_readably_is_answered_at_once(alice: Asking) -> None:
    number = await alice.ask(QuestionKind.SECURITY_SCAN, "it")
    handler = QuestionHandler(
        answer=reads_nonsense,
        give_up=KNOWS_NOT.give_up,
        unreadable=lambda subject, **_: f"{subject} is unreadable",
    )
    await alice.attempt(number, handler)
    assert await alice.state(number) == "failed"
    assert alice.last_edit() == "it is unreadable"


async def kills(_context: Context, _question: Question) -> str:
    raise AssertionError("this would end the worker")


@pytest.mark.services
async def test_a16_a_question_that_ends_every_worker_is_closed_with_the_reason(alice: Asking) -> None:
    number = await alice.ask(QuestionKind.SECURITY_SCAN, "it")
    database = alice.context.database
    for life in range(MAX_ATTEMPTS):
        assert await claim_questions(database, list(QuestionKind), owner=f"life {life}", limit=1)
        await database.execute("UPDATE questions SET lease_until = now() - interval '1 second'")
    await alice.attempt(number, QuestionHandler(answer=kills, give_up=KNOWS.give_up))
    assert await alice.state(number) == "failed"
    assert await database.fetchval("SELECT error FROM questions") == WORKERS_DIED
    assert alice.last_edit() == "nothing about it"


@pytest.mark.services
async def test_without_its_placeholder_the_answer_comes_as_a_new_message(alice: Asking) -> None:
    number = await alice.ask(QuestionKind.SECURITY_SCAN, "it")
    await alice.context.database.execute("UPDATE questions SET message_id = 999999")
    await alice.attempt(number, KNOWS)
    log_text = alice.sandbox.telegram.ledger.messages(alice.chat_id)
    assert log_text[-1].text == "all about it"
    assert await alice.state(number) == "answered"


@pytest.mark.services
async def test_a_lost_answer_of_telegram_is_tried_again(alice: Asking) -> None:
    number = await alice.ask(QuestionKind.SECURITY_SCAN, "it")
    alice.sandbox.telegram.faults.add(Fault(fault=FaultKind.HTML, method="editMessageText"))
    await alice.attempt(number, KNOWS)
    assert await alice.state(number) == "open"
    await alice.attempt(number, KNOWS)
    assert await alice.state(number) == "answered"


@pytest.mark.services
async def test_a_person_who_blocked_the_bot_is_not_asked_after(alice: Asking) -> None:
    number = await alice.ask(QuestionKind.SECURITY_SCAN, "it")
    alice.sandbox.telegram.people.block(alice.chat_id)
    await alice.attempt(number, KNOWS)
    assert await alice.state(number) == "failed"
    assert await alice.context.database.fetchval("SELECT closed_at IS NOT NULL FROM chats")


@pytest.mark.services
async def test_an_outage_of_telegram_costs_a_question_no_attempt(alice: Asking) -> None:
    number = await alice.ask(QuestionKind.SECURITY_SCAN, "it")
    fault_id = alice.sandbox.telegram.faults.add(Fault(fault=FaultKind.REFUSE, times=None))
    for _ in range(MAX_ATTEMPTS + 2):
        await alice.attempt(number, KNOWS)
        assert await alice.state(number) == "open"
    alice.sandbox.telegram.faults.remove(fault_id)
    await alice.attempt(number, KNOWS)
    assert await alice.state(number) == "answered"


@pytest.mark.services
async def test_a_new_message_that_may_stand_in_the_chat_comes_once_more_and_is_marked(alice: Asking) -> None:
    number = await alice.ask(QuestionKind.SECURITY_SCAN, "it")
    await alice.context.database.execute("UPDATE questions SET message_id = 999999")
    alice.sandbox.telegram.faults.add(
        Fault(fault=FaultKind.DROP_ANSWER, method="sendMessage", times=2, chat_id=alice.chat_id)
    )
    before = len(alice.sandbox.telegram.ledger.messages(alice.chat_id))
    await alice.attempt(number, KNOWS)
    assert await alice.state(number) == "open"
    for _ in range(2):
        await alice.attempt(number, KNOWS)
    assert await alice.state(number) == "failed"
    texts = [entry.text for entry in alice.sandbox.telegram.ledger.messages(alice.chat_id)[before:]]
    assert texts == ["all about it", f"{POSSIBLE_REPEAT}\nall about it"]


@pytest.mark.services
@pytest.mark.parametrize(
    "description", ["Bad Request: message thread not found", "Bad Request: chat not found"]
)
async def test_an_answer_that_can_never_be_given_is_given_up_at_once(alice: Asking, description: str) -> None:
    number = await alice.ask(QuestionKind.SECURITY_SCAN, "it")
    alice.sandbox.telegram.faults.add(
        Fault(fault=FaultKind.ERROR, code=400, description=description, chat_id=alice.chat_id, times=None)
    )
    await alice.attempt(number, KNOWS)
    assert await alice.state(number) == "failed"


@pytest.mark.services
def test_a_payload_of_another_job_is_refused() -> None:
    with pytest.raises(ValueError, match="not a payload of a question"):
        answer(write(DeliverPayload()))


def test_every_kind_of_question_has_its_handler() -> None:
    assert set(HANDLERS) == set(QuestionKind)
