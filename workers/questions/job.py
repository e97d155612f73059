"""The job of every question: a worker leases it, puts the answer in the place of a message, and closes it."""

import logging

from domain import jobs
from domain.delivery.results import SendResult, SendStatus
from domain.errors import Unavailable
from domain.questions import MAX_ATTEMPTS, Question
from messaging.telegram.methods import Message
from storage.chats.questions import close_question, lease_question, release_question
from workers.context import Context
from workers.process import run
from workers.questions.handler import QuestionHandler
from workers.questions.kinds import HANDLERS

log = logging.getLogger(__name__)

WORKERS_DIED = "each worker that tried it died"
_FINAL = frozenset({SendStatus.ACCEPTED, SendStatus.CHAT_CLOSED, SendStatus.UNDELIVERABLE})
"""After these a question is closed."""


def answer(text: str) -> None:
    """The job: answer the question that the payload names.

    Raises:
        ValueError: `text` is no such payload.
    """
    payload = jobs.read(text)
    if not isinstance(payload, jobs.AnswerPayload):
        raise ValueError("not a payload of a question")  # noqa: TRY004 - the text has a wrong value
    handler = HANDLERS[payload.kind]
    run(lambda context: answer_question(context, payload.question_id, handler))


async def answer_question(context: Context, question_id: int, handler: QuestionHandler) -> None:
    """Answer a question, unless it is answered or another worker has its lease.

    If it cannot be answered now, the worker releases it and the dispatcher enqueues it again. After
    MAX_ATTEMPTS the person reads that there is no answer. A question at which so many workers died is not
    tried again.

    Args:
        context: the worker's connections.
        question_id: the question.
        handler: how its kind is answered.
    """
    question = await lease_question(context.database, question_id, owner=context.owner)
    if question is None:
        return
    if question.attempts > MAX_ATTEMPTS:
        log.error("Question %d has ended %d workers; it is given up", question_id, MAX_ATTEMPTS)
        result = await _send_answer(context, question, handler.give_up(question.subject))
        await _close(context, question, result, WORKERS_DIED)
        return
    try:
        text, error = await handler.answer(context, question), None
    except Unavailable as fault:
        log.warning("Question %d cannot be answered now: %s", question_id, fault)
        if await release_question(context.database, question, owner=context.owner):
            return
        text, error = handler.give_up(question.subject), str(fault)
    await _close(context, question, await _send_answer(context, question, text), error)


async def _send_answer(context: Context, question: Question, text: str) -> SendResult:
    """Put the answer in the place of the placeholder; send it as a new message if that is gone."""
    message = Message(chat_id=question.chat_id, topic_id=question.topic_id, text=text)
    result = await context.telegram.edit(message, question.message_id)
    if result.status in {SendStatus.UNDELIVERABLE, SendStatus.MESSAGE_GONE}:
        return await context.telegram.send(message)
    return result


async def _close(context: Context, question: Question, result: SendResult, error: str | None) -> None:
    """Close a question whose answer is sent or undeliverable; release any other: an edit may be repeated."""
    if result.status not in _FINAL and question.attempts < MAX_ATTEMPTS:
        await release_question(context.database, question, owner=context.owner)
        return
    failure = error if result.status is SendStatus.ACCEPTED else result.reason or result.status.value
    await close_question(context.database, question.question_id, owner=context.owner, error=failure)
