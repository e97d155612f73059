"""Answers the questions of one queue, several at a time, beside the jobs that wake it.

due rows of PostgreSQL ──claim, as many as there is room for──> a task each ──> answered, or due again later
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager

from domain.alerts.traced import trace_of_update
from domain.backoff import Backoff
from domain.errors import Unavailable
from domain.jobs import Question, QuestionKind, QueueRules
from runtime.observability.logs import logged_as
from runtime.observability.traces import stage
from runtime.processes.lifecycle import Stop
from storage.chats.questions import claim_questions, release_question
from workers.process import Context
from workers.questions.handler import QuestionHandler
from workers.questions.job import answer_question, give_up

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
"""How often due questions are looked for when nothing wakes us: without Redis, and after a wait."""


class QuestionRunner:
    """Answers due questions until it is stopped. Two runners never answer the same one at the same time.

    Args:
        context: the worker's connections.
        handlers: how each kind of this queue is answered.
        rules: of the queue.
        concurrency: questions in work at a time.
    """

    def __init__(
        self,
        context: Context,
        handlers: Mapping[QuestionKind, QuestionHandler],
        rules: QueueRules,
        *,
        concurrency: int,
    ) -> None:
        self._context = context
        self._handlers = handlers
        self._rules = rules
        self._concurrency = concurrency
        self._backoff = Backoff(first_wait=rules.first_wait, max_wait=rules.max_wait)
        self._in_work: set[int] = set()
        self._news = asyncio.Event()

    def wake(self) -> None:
        """Poll for due questions at once. Call it in the runner's event loop."""
        self._news.set()

    @property
    def in_work(self) -> Collection[int]:
        """Ids of the questions in progress."""
        return self._in_work

    async def run(self, stop: Stop) -> None:
        """Answer until the stop; then finish what is in work."""
        async with asyncio.TaskGroup() as answers, asyncio.TaskGroup() as watch:
            waking = watch.create_task(self._wake_at(stop))
            while not stop.is_set():
                self._news.clear()
                for question in await self._claim():
                    self._in_work.add(question.question_id)
                    answers.create_task(self._answer(question))
                await self._wait()
            waking.cancel()

    async def _wake_at(self, stop: Stop) -> None:
        await stop.wait()
        self.wake()

    async def _claim(self) -> list[Question]:
        room = self._concurrency - len(self._in_work)
        if room <= 0:
            return []
        try:
            return await claim_questions(
                self._context.database,
                self._handlers,
                owner=self._context.owner,
                limit=room,
                in_work=self._in_work,
            )
        except Unavailable as error:
            log.warning("No questions can be claimed: %s", error)
            return []

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._news.wait()
        except TimeoutError:
            return

    async def _answer(self, question: Question) -> None:
        """Answer one question, and make room for the next; its failure affects no other."""
        handler = self._handlers[question.kind]
        wait = self._backoff.wait(question.attempts, random.random())  # noqa: S311 - spreads retries
        try:
            with logged_as(update=question.update_id, question=question.question_id), _stage_of(question):
                async with asyncio.timeout(self._rules.seconds):
                    await answer_question(self._context, question, handler, wait=wait)
        except asyncio.CancelledError:
            await self._release(question, wait=0.0, refund_attempt=True)
            raise
        except Exception as error:
            log.exception("Question %d failed, attempt %d", question.question_id, question.attempts)
            if not await self._release(question, wait=wait):
                await self._give_up(question, handler, error)
        finally:
            self._in_work.discard(question.question_id)
            self.wake()

    async def _release(self, question: Question, *, wait: float, refund_attempt: bool = False) -> bool:
        """Return whether it is tried again: released, or taken over when its lease ends."""
        try:
            return await release_question(
                self._context.database,
                question,
                owner=self._context.owner,
                wait=wait,
                refund_attempt=refund_attempt,
            )
        except Unavailable as error:
            log.warning("Question %d waits for the end of its lease: %s", question.question_id, error)
            return True

    async def _give_up(self, question: Question, handler: QuestionHandler, error: Exception) -> None:
        try:
            async with asyncio.timeout(self._rules.seconds):
                await give_up(self._context, question, handler, type(error).__name__)
        except (Unavailable, TimeoutError) as fault:
            log.warning("Question %d waits for the end of its lease: %s", question.question_id, fault)


def _stage_of(question: Question) -> AbstractContextManager[None]:
    """The stage of the trace of the update that asked in which it is answered, one for each attempt."""
    return stage(
        "answer",
        trace_of_update(question.update_id),
        number=question.question_id * 100 + question.attempts,
        question=question.question_id,
        kind=question.kind.value,
        attempt=question.attempts,
    )
