"""Slow questions: stored in PostgreSQL, and given to a worker as a job."""

import logging
from dataclasses import dataclass

from domain.chats import ChatTarget
from domain.errors import QueueUnavailable
from domain.jobs import AnswerLetter, Queue
from domain.questions import Question
from storage.chats import questions
from storage.coordination.queues import Queues
from storage.postgres import Database

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionStore:
    """Slow questions, answered by workers in the place of a message."""

    database: Database
    queues: Queues

    async def ask(
        self, queue: Queue, subject: str, *, target: ChatTarget, message_id: int, update_id: int
    ) -> None:
        """Store the question and wake a worker; without Redis the dispatcher finds it within seconds."""
        question = Question(
            question_id=0,
            queue=queue,
            chat_id=target.chat_id,
            topic_id=target.topic_id,
            message_id=message_id,
            subject=subject,
            attempts=0,
        )
        question_id = await questions.ask(self.database, question, update_id=update_id)
        try:
            await self.queues.send(queue, AnswerLetter(question_id=question_id))
        except QueueUnavailable as error:
            log.warning("Question %d waits for the dispatcher: %s", question_id, error)
