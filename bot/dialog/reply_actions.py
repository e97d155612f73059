"""Carries out a reply: sends or edits the message, then its file, slow question, or short task."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from bot.dialog.request import OtherMessage, Reply, parse_command
from bot.dialog.responder import NEVER, Responder
from bot.dialog.update import CallbackQuery, Message
from domain.delivery.results import SendStatus
from domain.errors import BadInput, Unavailable
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.bad_input import refusal_html
from messaging.telegram.methods import Receiver
from messaging.telegram.texts import help as texts
from services.stores.questions import QuestionStore

log = logging.getLogger(__name__)

UNKNOWN_MESSAGE = 0
"""The message of a question whose placeholder Telegram did not confirm: the answer cannot replace it."""
TAKE_SECRETS = frozenset({"webhooks"})
"""Commands whose words may be a secret: an address of Discord or Slack is one."""


@dataclass(frozen=True, slots=True)
class SentReply:
    """A reply, and the message that it became."""

    reply: Reply
    message_id: int | None
    """None: nobody knows it; NEVER: it can never arrive."""
    receiver: Receiver | None = None
    """Who alone sees it; None: everybody."""


async def send_reply(responder: Responder, message: Message, reply: Reply) -> int | None:
    """Reply to a message, and delete one that holds a secret; the id of the reply.

    Args:
        responder: sends and deletes.
        message: that is replied to.
        reply: a text, or none.
    """
    message_id = None
    if reply.text:
        reply_to = reply.reply_to or (0 if message.target.is_private else message.message_id)
        message_id = await responder.send(
            message.target, reply.text, reply.keyboard, reply_to=reply_to, rich=reply.rich
        )
    if holds_secret(message.text):
        with suppress(Unavailable):  # the reply says that it may be there still
            await responder.delete(message.target, message.message_id)
    return message_id


async def show_reply(responder: Responder, query: CallbackQuery, reply: Reply) -> SentReply:
    """Reply to a pressed button, below its message or in its place.

    Args:
        responder: sends and edits.
        query: the press.
        reply: `in_place`: it replaces the message; `pressed`: the keyboard that the pressed one becomes.
    """
    receiver = Receiver(query.user_id) if query.ephemeral_id else None
    if reply.in_place:
        await responder.edit(query.target, query.message_id, reply.text, reply.keyboard, receiver=receiver)
        return SentReply(reply, query.message_id, receiver)
    if not reply.text:
        return SentReply(reply, None)
    if reply.as_private_reply or receiver is not None:
        sent = await _send_to_one(responder, query, reply)
    else:
        message_id = await responder.send(query.target, reply.text, reply.keyboard, reply_to=reply.reply_to)
        sent = SentReply(reply, message_id)
    if reply.pressed is not None:
        await responder.edit(query.target, query.message_id, "", reply.pressed, receiver=receiver)
    return sent


async def _send_to_one(responder: Responder, query: CallbackQuery, reply: Reply) -> SentReply:
    """For the person who pressed; of a lost answer no second copy comes: they press again."""
    receiver = Receiver(query.user_id, query.query_id)
    result = await responder.send_to_one(query.target, reply.text, reply.keyboard, receiver)
    if result.is_ephemeral:
        return SentReply(reply, result.message_id, Receiver(query.user_id))
    is_lost = result.status in {SendStatus.CHAT_CLOSED, SendStatus.UNDELIVERABLE}
    return SentReply(reply, NEVER if is_lost else result.message_id)


async def complete(
    responder: Responder,
    questions: QuestionStore,
    asked: Message | CallbackQuery,
    sent: SentReply,
    *,
    locale: Locale = ENGLISH,
) -> None:
    """Send what goes with a reply, and do what it begins: work of seconds, or a worker's slow question.

    Where nobody knows the message, the answer becomes one of its own.

    Args:
        responder: sends.
        questions: take what is slow.
        asked: what was replied to.
        sent: the reply.
        locale: of who reads it.
    """
    reply = sent.reply
    if reply.document is not None:
        await responder.send_document(asked.target, reply.document, is_alone=not reply.text)
    await _tell_others(responder, reply.others)
    if reply.when_sent is not None and sent.message_id:
        await reply.when_sent(sent.message_id)
    if reply.then is not None:
        await _finish(responder, asked, reply.then, sent, locale=locale)
    if reply.question is None:
        return
    if sent.message_id == NEVER:
        log.warning("The answer to update %d has no reader; it is not requested", asked.update_id)
        return
    await questions.ask(
        reply.question.kind,
        reply.question.subject,
        target=asked.target,
        message_id=sent.message_id or UNKNOWN_MESSAGE,
        update_id=asked.update_id,
        receiver_id=0 if sent.receiver is None else sent.receiver.user_id,
    )


async def _tell_others(responder: Responder, others: Sequence[OtherMessage]) -> None:
    for other in others:
        with suppress(Unavailable):
            await responder.send(other.target, other.text, other.keyboard)


async def _finish(
    responder: Responder,
    asked: Message | CallbackQuery,
    work: Callable[[], Awaitable[Reply]],
    sent: SentReply,
    *,
    locale: Locale = ENGLISH,
) -> None:
    """Do what takes seconds, and put what came of it in place of the message just sent."""
    try:
        done = await work()
    except BadInput as error:
        done = Reply(text=refusal_html(error, locale=locale))
    except Unavailable as error:
        log.warning("The work that update %d began cannot be finished: %s", asked.update_id, error)
        done = Reply(text=texts.failed(locale=locale))
    if sent.message_id:
        await responder.edit(asked.target, sent.message_id, done.text, done.keyboard, receiver=sent.receiver)
    else:
        await responder.send(asked.target, done.text, done.keyboard)


def holds_secret(text: str) -> bool:
    """Return whether the words of a command may be a secret, refused or not."""
    if "/" not in text[1:]:
        return False
    command = parse_command(text)
    return command is not None and command.name in TAKE_SECRETS and "/" in command.words
