"""The runner: so many questions at a time, each within its time, tried again later, finished at the stop."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from domain.jobs import MAX_ATTEMPTS, Question, QuestionKind, QueueRules
from runtime.processes.lifecycle import Stop
from tests.workers.questions.asking import Asking, asking
from workers.process import Context
from workers.questions.handler import QuestionHandler
from workers.questions.runner import QuestionRunner

pytestmark = pytest.mark.services
KIND = QuestionKind.SECURITY_SCAN
RULES = QueueRules(seconds=5.0, first_wait=60.0, max_wait=60.0)
ALL_ANSWERED = "SELECT bool_and(state <> 'open') FROM questions"


@pytest.fixture
async def alice(postgres_url: str) -> AsyncIterator[Asking]:
    async with asking(postgres_url) as run:
        yield run


def handler(answer: Callable[[], "asyncio.Future[str] | None"]) -> QuestionHandler:
    """Answers with what comes of a future; without one at once."""

    async def answered(_context: Context, question: Question) -> str:
        future = answer()
        return f"all about {question.subject}" if future is None else await future

    return QuestionHandler(answer=answered, give_up=lambda subject, **_: f"nothing about {subject}")


@asynccontextmanager
async def running(
    alice: Asking, answers: QuestionHandler, rules: QueueRules = RULES, *, concurrency: int = 3
) -> AsyncIterator[QuestionRunner]:
    runner, stop = QuestionRunner(alice.context, {KIND: answers}, rules, concurrency=concurrency), Stop()
    async with asyncio.TaskGroup() as group:
        group.create_task(runner.run(stop))
        yield runner
        stop.set()


async def until(alice: Asking, condition: str) -> None:
    async with asyncio.timeout(10):
        while not await alice.context.database.fetchval(condition):  # noqa: ASYNC110 - rows raise no events
            await asyncio.sleep(0.02)


async def test_so_many_are_in_work_at_a_time_and_all_are_answered(alice: Asking) -> None:
    begun: list[asyncio.Future[str]] = []
    beginnings = asyncio.Semaphore(0)

    def begin() -> "asyncio.Future[str]":
        begun.append(asyncio.get_running_loop().create_future())
        beginnings.release()
        return begun[-1]

    for number in range(4):
        await alice.ask(KIND, "it", update_id=number)
    async with running(alice, handler(begin), concurrency=2) as runner:
        for done in range(4):
            await until(alice, f"SELECT count(*) = {min(2, 4 - done)} FROM questions WHERE lease_owner <> ''")
            async with asyncio.timeout(10):  # a claim is stored before the work begins
                while len(begun) < min(done + 2, 4):
                    await beginnings.acquire()
            assert len(begun) == min(done + 2, 4)
            begun[done].set_result("known")
            await until(alice, f"SELECT count(*) = {done + 1} FROM questions WHERE state = 'answered'")
        assert not runner.in_work


async def test_a_question_is_answered_at_once_when_somebody_wakes_the_runner(
    alice: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.questions.runner.POLL_SECONDS", 60.0)
    async with running(alice, handler(lambda: None)) as runner:
        await asyncio.sleep(0.05)
        number = await alice.ask(KIND, "it")
        runner.wake()
        await until(alice, ALL_ANSWERED)
    assert await alice.state(number) == "answered"


@pytest.mark.parametrize("fault", ["raises", "hangs"])
async def test_what_fails_is_due_again_after_a_wait_and_given_up_at_last(alice: Asking, fault: str) -> None:
    def fail() -> "asyncio.Future[str]":
        if fault == "raises":
            raise ArithmeticError
        return asyncio.get_running_loop().create_future()

    number = await alice.ask(KIND, "it")
    seconds = 10.0 if fault == "raises" else 0.5  # in which the last message must be sent, too
    rules = QueueRules(seconds=seconds, first_wait=60.0, max_wait=60.0)
    async with running(alice, handler(fail), rules) as runner:
        for attempt in range(1, MAX_ATTEMPTS):
            await until(alice, f"SELECT attempts = {attempt} AND lease_owner IS NULL FROM questions")
            wait = await alice.context.database.fetchval(
                "SELECT extract(epoch FROM due_at - now())::float8 FROM questions"
            )
            assert 20 < wait <= 60
            await alice.context.database.execute("UPDATE questions SET due_at = now()")
            runner.wake()
        await until(alice, ALL_ANSWERED)
    assert await alice.state(number) == "failed"
    assert alice.last_edit() == "nothing about it"


async def test_a_stop_lets_what_is_in_work_end_and_takes_nothing_more(alice: Asking) -> None:
    future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    first = await alice.ask(KIND, "it", update_id=1)
    runner = QuestionRunner(alice.context, {KIND: handler(lambda: future)}, RULES, concurrency=1)
    stop = Stop()
    async with asyncio.TaskGroup() as group:
        group.create_task(runner.run(stop))
        await until(alice, "SELECT lease_owner IS NOT NULL FROM questions")
        second = await alice.ask(KIND, "it", update_id=2)
        stop.set()
        future.set_result("known")
    assert await alice.state(first) == "answered"
    assert await alice.state(second) == "open"


async def test_what_is_cancelled_may_be_taken_at_once_and_costs_no_attempt(alice: Asking) -> None:
    await alice.ask(KIND, "it")
    future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    runner = QuestionRunner(alice.context, {KIND: handler(lambda: future)}, RULES, concurrency=1)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(runner.run(Stop()))
        await until(alice, "SELECT lease_owner IS NOT NULL FROM questions")
        task.cancel()
    assert await alice.context.database.fetchval(
        "SELECT attempts = 0 AND lease_owner IS NULL AND due_at <= now() FROM questions"
    )
