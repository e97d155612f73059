"""Replies to pressed buttons: a choice is answered in its place, and what shows something shows it once."""

from dataclasses import replace

from telegram import ForceReply

from bot.dialog.request import Reply, Request
from messaging.telegram.keyboards.alert import SCAN, WHY
from messaging.telegram.keyboards.choice import PICK
from messaging.telegram.texts.help import shown_already
from services.services import Services

SHOWN_SECONDS = 60
"""For so long a button does not show the same again below its message."""


def in_its_place(request: Request, reply: Reply) -> Reply:
    """The reply of a command that a choice carried on with: in the place of the choice, unless it asks.

    Telegram opens the field for an answer only with a new message.
    """
    asks = isinstance(reply.keyboard, ForceReply)
    return replace(reply, in_place=True) if request.verb == PICK and reply.text and not asks else reply


async def for_one(request: Request, services: Services, reply: Reply) -> Reply:
    """The reply, for the person alone where the group wants that of what Scan and Why show."""
    if request.target.is_private or request.verb not in {SCAN, WHY} or not reply.text or reply.in_place:
        return reply
    display = (await services.rules.settings(request.target.chat_id)).display
    return replace(reply, for_one=display.ephemeral)


async def shown_once(request: Request, services: Services, reply: Reply) -> Reply:
    """The reply, unless the same button has just shown something: a card, an explanation.

    The claim belongs to the update: one that is handled again, as Telegram did not answer, shows it.
    """
    is_view = reply.question is not None or reply.reply_to > 0
    if not is_view or reply.in_place:
        return reply
    person = [str(request.user_id)] if reply.for_one else []
    button = ":".join([str(request.message_id), request.verb, *request.arguments, *person])
    owner = str(request.update_id)
    is_first = await services.memos.claim(request.target.chat_id, button, owner, seconds=SHOWN_SECONDS)
    return reply if is_first else Reply(note=shown_already(locale=request.locale))
