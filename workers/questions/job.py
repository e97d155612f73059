"""The job of every question: a worker leases it, puts the answer in the place of a message, and closes it.

`HANDLERS` says how each kind is answered: a new kind is one more row.
"""

import logging
from dataclasses import dataclass, replace

from domain import jobs
from domain.delivery.results import SendResult, SendStatus
from domain.errors import NodeUnreadable, Unavailable
from domain.jobs import MAX_ATTEMPTS, Question, QuestionKind
from messaging.telegram.methods import Message
from messaging.telegram.texts.alert import POSSIBLE_REPEAT
from runtime.observability import metrics
from storage.chats.questions import close_question, lease_question, release_question
from workers.process import Context, run
from workers.questions import balance, security_scan
from workers.questions.handler import QuestionHandler

HANDLERS: dict[QuestionKind, QuestionHandler] = {
    QuestionKind.BALANCE: balance.HANDLER,
    QuestionKind.SECURITY_SCAN: security_scan.HANDLER,
}
log = logging.getLogger(__name__)
WORKERS_DIED = "each worker that tried it died"
_FINAL = frozenset({SendStatus.ACCEPTED, SendStatus.CHAT_CLOSED, SendStatus.UNDELIVERABLE})
"""After these a question is closed."""
MAY_STAND = -1
"""In the place of the placeholder's id: the answer may stand in the chat, in a message of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentAnswer:
    """What came of an answer."""

    result: SendResult
    is_new: bool
    """It went as a message of its own, of which a second copy would be seen."""


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
        sent = await _send_answer(context, question, handler.give_up(question.subject))
        await _close(context, question, sent, WORKERS_DIED)
        return
    try:
        text, error = await handler.answer(context, question), None
    except NodeUnreadable as fault:
        log.warning("Question %d cannot be answered: %s", question_id, fault)
        text, error = (handler.unreadable or handler.give_up)(question.subject), str(fault)
    except Unavailable as fault:
        log.warning("Question %d cannot be answered now: %s", question_id, fault)
        if await release_question(context.database, question, owner=context.owner):
            return
        text, error = handler.give_up(question.subject), str(fault)
    await _close(context, question, await _send_answer(context, question, text), error)


async def _send_answer(context: Context, question: Question, text: str) -> SentAnswer:
    """Put the answer in the place of the placeholder; send it as a new message if that is gone."""
    message = Message(chat_id=question.chat_id, topic_id=question.topic_id, text=text)
    if question.message_id == MAY_STAND:
        second_copy = replace(message, text=f"{POSSIBLE_REPEAT}\n{text}", is_repeat=True)
        metrics.telegram_fallbacks.labels("second_copy").inc()
        return SentAnswer(result=await context.telegram.send(second_copy), is_new=True)
    result = await context.telegram.edit(message, question.message_id)
    if result.status not in {SendStatus.UNDELIVERABLE, SendStatus.MESSAGE_GONE}:
        return SentAnswer(result=result, is_new=False)
    return SentAnswer(result=await context.telegram.send(message), is_new=True)


async def _close(context: Context, question: Question, sent: SentAnswer, error: str | None) -> None:
    """Close a question whose answer is sent or undeliverable; release any other: an edit may be repeated."""
    if not await _release(context, question, sent):
        result = sent.result
        failure = error if result.status is SendStatus.ACCEPTED else result.reason or result.status.value
        await close_question(context.database, question.question_id, owner=context.owner, error=failure)


async def _release(context: Context, question: Question, sent: SentAnswer) -> bool:
    """Leave the question to a later try, if one may help. An outage of Telegram costs it no attempt."""
    result = sent.result
    if result.status in _FINAL:
        return False
    is_ambiguous = sent.is_new and result.status is SendStatus.AMBIGUOUS
    if is_ambiguous and question.message_id == MAY_STAND:
        return False
    return await release_question(
        context.database,
        question,
        owner=context.owner,
        refund_attempt=result.held_back or result.is_outage,
        message_id=MAY_STAND if is_ambiguous else None,
    )
