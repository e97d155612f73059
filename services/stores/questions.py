"""Slow questions: stored in PostgreSQL, and given to a worker as a job."""

import logging
from dataclasses import dataclass

from domain.chats import ChatTarget
from domain.errors import QueueUnavailable
from domain.jobs import QUESTION_QUEUES, AnswerPayload, Question, QuestionKind
from storage.chats import questions
from storage.coordination.queues import Queues
from storage.postgres import Database

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionStore:
    """Asks questions that a worker answers in place of a message."""

    database: Database
    queues: Queues

    async def ask(
        self,
        kind: QuestionKind,
        subject: str,
        *,
        target: ChatTarget,
        message_id: int,
        update_id: int,
        receiver_id: int = 0,
    ) -> None:
        """Store the question and enqueue its job; without Redis the dispatcher finds it within seconds.

        Args:
            kind: what the person wants to know.
            subject: the address or mint that it is about.
            target: where the answer goes.
            message_id: the message that the answer replaces.
            update_id: the update that asks it; the same update asks a question once.
            receiver_id: who alone sees that message; 0: everybody.
        """
        question = Question(
            question_id=0,
            kind=kind,
            chat_id=target.chat_id,
            topic_id=target.topic_id,
            message_id=message_id,
            subject=subject,
            attempts=0,
            receiver_id=receiver_id,
        )
        question_id = await questions.ask(self.database, question, update_id=update_id)
        try:
            await self.queues.send(QUESTION_QUEUES[kind], AnswerPayload(question_id=question_id, kind=kind))
        except QueueUnavailable as error:
            log.warning("Question %d waits for the dispatcher: %s", question_id, error)
