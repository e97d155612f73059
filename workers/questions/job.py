"""Answers questions: the answer replaces the placeholder message, and the question is closed.

`HANDLERS` says how each kind is answered: a new kind is one more row.
"""

import logging
from dataclasses import dataclass, replace

from domain import jobs
from domain.delivery.results import SendResult, SendStatus
from domain.errors import NodeUnreadable, Unavailable
from domain.jobs import Question, QuestionKind, rules_of_kind
from messaging.languages.choice import locale_for
from messaging.telegram.methods import Message
from messaging.telegram.texts.alert import POSSIBLE_REPEAT
from runtime.observability import metrics
from storage.chats.questions import close_question, release_question
from workers.process import Context, run
from workers.questions import balance, campaign, equity, portfolio, security_scan, token
from workers.questions.handler import Answer, QuestionHandler, receiver_of

log = logging.getLogger(__name__)

HANDLERS: dict[QuestionKind, QuestionHandler] = {
    QuestionKind.BALANCE: balance.HANDLER,
    QuestionKind.PORTFOLIO: portfolio.HANDLER,
    QuestionKind.EQUITY: equity.HANDLER,
    QuestionKind.CAMPAIGN: campaign.HANDLER,
    QuestionKind.PRICE: token.PRICE_HANDLER,
    QuestionKind.TOKEN: token.TOKEN_HANDLER,
    QuestionKind.SECURITY_SCAN: security_scan.HANDLER,
}
WORKERS_DIED = "each worker that tried it died"
_FINAL = frozenset({SendStatus.ACCEPTED, SendStatus.CHAT_CLOSED, SendStatus.UNDELIVERABLE})
"""After these a question is closed."""
MAX_WAIT = 60.0
"""Seconds, whatever a node or Telegram asks for: a person waits."""
MAY_STAND = -1
"""In the place of the placeholder's id: the answer may stand in the chat, in a message of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentAnswer:
    """The result of sending an answer."""

    result: SendResult
    is_new: bool
    """It went as a message of its own, of which a second copy would be seen."""


def answer(text: str) -> None:
    """The job: wakes the runner, since questions are due; the rows in PostgreSQL say which.

    Raises:
        ValueError: `text` is no such payload.
    """
    payload = jobs.read(text)
    if not isinstance(payload, jobs.AnswerPayload):
        raise ValueError("not a payload of a question")  # noqa: TRY004 - the text has a wrong value
    run(_wake)


async def _wake(context: Context) -> None:
    context.wake()


async def answer_question(
    context: Context, question: Question, handler: QuestionHandler, *, wait: float = 0.0
) -> None:
    """Answer a question of which this worker has the lease.

    If it cannot be answered now, the worker releases it, and it is due again after a wait. After the last
    attempt the person reads that there is no answer. Nor is one tried again at which so many workers died.

    Args:
        context: the worker's connections.
        question: as it was claimed.
        handler: how its kind is answered.
        wait: seconds before the next attempt, unless the fault asks for more.
    """
    if question.attempts > rules_of_kind(question.kind).attempts:
        log.error(
            "Question %d has ended %d workers; it is given up", question.question_id, question.attempts - 1
        )
        await give_up(context, question, handler, WORKERS_DIED)
        return
    try:
        text, error = await handler.answer(context, question), None
    except NodeUnreadable as fault:
        log.warning("Question %d cannot be answered: %s", question.question_id, fault)
        text, error = (
            (handler.unreadable or handler.give_up)(question.subject, locale=locale_for(question)),
            str(fault),
        )
    except Unavailable as fault:
        log.warning("Question %d cannot be answered now: %s", question.question_id, fault)
        wait = max(wait, min(fault.retry_after or 0.0, MAX_WAIT))
        if await release_question(context.database, question, owner=context.owner, wait=wait):
            return
        text, error = handler.give_up(question.subject, locale=locale_for(question)), str(fault)
    await _close(context, question, await _send_answer(context, question, text), error, wait)


async def give_up(context: Context, question: Question, handler: QuestionHandler, error: str) -> None:
    """Notify the person that there is no answer, and close the question with the reason.

    Args:
        context: of this worker.
        question: claimed by this worker.
        handler: of its kind, which has the words.
        error: for operators, without secrets.
    """
    sent = await _send_answer(
        context, question, handler.give_up(question.subject, locale=locale_for(question))
    )
    await _close(context, question, sent, error, 0.0)


async def _send_answer(context: Context, question: Question, given: str | Answer) -> SentAnswer:
    """Put the answer in place of the placeholder; send it as a new message if that is gone.

    A server that puts no picture in place of words gets the words there, alone.
    """
    answer = Answer(text=given) if isinstance(given, str) else given
    message = Message(
        chat_id=question.chat_id,
        topic_id=question.topic_id,
        text=answer.text,
        photo=answer.photo,
        keyboard=answer.keyboard,
        receiver=receiver_of(question),
    )
    if question.message_id == MAY_STAND:
        marked = locale_for(question).gettext(POSSIBLE_REPEAT)
        second_copy = replace(message, text=f"{marked}\n{answer.text}", is_repeat=True)
        metrics.telegram_fallbacks.labels("second_copy").inc()
        return SentAnswer(result=await context.telegram.send(second_copy), is_new=True)
    result = await context.telegram.edit(message, question.message_id)
    if result.status is SendStatus.UNDELIVERABLE and message.photo is not None:
        result = await context.telegram.edit(replace(message, photo=None), question.message_id)
    if result.status not in {SendStatus.UNDELIVERABLE, SendStatus.MESSAGE_GONE}:
        return SentAnswer(result=result, is_new=False)
    return SentAnswer(result=await context.telegram.send(message), is_new=True)


async def _close(
    context: Context, question: Question, sent: SentAnswer, error: str | None, wait: float
) -> None:
    """Close a question whose answer is sent or undeliverable; release any other: an edit may be repeated."""
    if not await _release(context, question, sent, wait):
        result = sent.result
        failure = error if result.status is SendStatus.ACCEPTED else result.reason or result.status.value
        await close_question(context.database, question.question_id, owner=context.owner, error=failure)


async def _release(context: Context, question: Question, sent: SentAnswer, wait: float) -> bool:
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
        wait=max(wait, min(result.retry_after or 0.0, MAX_WAIT)),
        refund_attempt=result.held_back or result.is_outage,
        message_id=MAY_STAND if is_ambiguous else None,
    )
