"""Slow questions: stored in PostgreSQL, and given to a worker as a job."""

import logging
from dataclasses import dataclass

from bot.dialog.reply import SlowQuestion
from domain.chats import ChatTarget
from domain.errors import QueueUnavailable
from domain.jobs import QUESTION_QUEUES, AnswerPayload
from domain.questions import Question
from storage.chats import questions
from storage.coordination.queues import Queues
from storage.postgres import Database

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionStore:
    """Asks questions that a worker answers in the place of a message."""

    database: Database
    queues: Queues

    async def ask(self, asked: SlowQuestion, *, target: ChatTarget, message_id: int, update_id: int) -> None:
        """Store the question and enqueue its job; without Redis the dispatcher finds it within seconds.

        Args:
            asked: what the person wants to know.
            target: where the answer goes.
            message_id: the message that the answer replaces.
            update_id: the update that asks it; the same update asks a question once.
        """
        question = Question(
            question_id=0,
            kind=asked.kind,
            chat_id=target.chat_id,
            topic_id=target.topic_id,
            message_id=message_id,
            subject=asked.subject,
            attempts=0,
        )
        question_id = await questions.ask(self.database, question, update_id=update_id)
        try:
            await self.queues.send(
                QUESTION_QUEUES[asked.kind], AnswerPayload(question_id=question_id, kind=asked.kind)
            )
        except QueueUnavailable as error:
            log.warning("Question %d waits for the dispatcher: %s", question_id, error)
