"""A person's question: taken by one worker, answered in the place of the message that says so, closed."""

import logging

from domain import jobs
from domain.delivery.deliveries import SendResult, SendStatus
from domain.errors import Unavailable
from domain.questions import MAX_TRIES, Question
from messaging.telegram.methods import Message
from storage.chats.chats import close_chat, migrate_chat
from storage.chats.questions import close_question, give_back_question, take_question
from workers.context import Context
from workers.process import run
from workers.questions.handler import QuestionHandler
from workers.questions.kinds import HANDLERS

log = logging.getLogger(__name__)


DEADLY = "each worker that tried it died"


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
    """Answer a question unless it is answered or somebody is at it.

    What cannot be answered now is given back; it is asked again soon, and after MAX_TRIES the person is told.
    So it is with a question at which so many workers died: it is not touched again.
    """
    question = await take_question(context.database, question_id, owner=context.owner)
    if question is None:
        return
    if question.attempts > MAX_TRIES:
        log.error("Question %d has ended %d workers; it is given up", question_id, MAX_TRIES)
        result = await _send_answer(context, question, handler.give_up(question.subject))
        await _close(context, question, result, DEADLY)
        return
    try:
        text, error = await handler.answer(context, question), None
    except Unavailable as fault:
        log.warning("Question %d cannot be answered now: %s", question_id, fault)
        if await give_back_question(context.database, question, owner=context.owner):
            return
        text, error = handler.give_up(question.subject), str(fault)
    await _close(context, question, await _send_answer(context, question, text), error)


async def _send_answer(context: Context, question: Question, text: str) -> SendResult:
    """Put the answer where the question's placeholder is; as a new message if that is gone."""
    message = Message(chat_id=question.chat_id, topic_id=question.topic_id, text=text)
    result = await context.telegram.edit(message, question.message_id)
    if result.status is SendStatus.UNDELIVERABLE:
        return await context.telegram.send(message)
    return result


async def _close(context: Context, question: Question, result: SendResult, error: str | None) -> None:
    """Close what is told or cannot be told; give back the rest: an edit may be repeated without harm."""
    if result.status is SendStatus.CHAT_CLOSED:
        await close_chat(context.database, question.chat_id, result.reason)
    if result.status is SendStatus.MIGRATED and result.new_chat_id is not None:
        await migrate_chat(context.database, old_id=question.chat_id, new_id=result.new_chat_id)
    again = result.status not in {SendStatus.ACCEPTED, SendStatus.CHAT_CLOSED, SendStatus.UNDELIVERABLE}
    if again and question.attempts < MAX_TRIES:
        await give_back_question(context.database, question, owner=context.owner)
        return
    failure = error if result.status is SendStatus.ACCEPTED else result.reason or result.status.value
    await close_question(context.database, question.question_id, owner=context.owner, error=failure)
