"""Replies to buttons: a choice is replaced by its answer, and repeated presses reply once."""

from msgspec import structs
from telegram import ForceReply

from bot.dialog.request import Reply, Request
from messaging.telegram.keyboards.alert import SCAN, WHY
from messaging.telegram.keyboards.choice import PICK
from messaging.telegram.texts.help import shown_already
from services.services import Services

SHOWN_SECONDS = 60
"""For so long a button does not show the same again below its message."""


def replacing_message(request: Request, reply: Reply) -> Reply:
    """The reply of a command that a choice carried on with: in place of the choice, unless it asks.

    Telegram opens the field for an answer only with a new message.
    """
    asks = isinstance(reply.keyboard, ForceReply)
    return (
        structs.replace(reply, in_place=True) if request.verb == PICK and reply.text and not asks else reply
    )


async def as_private_reply(request: Request, services: Services, reply: Reply) -> Reply:
    """The reply, for the person alone where the group wants that of what Scan and Why show.

    Args:
        request: the press.
        services: whose settings say what the group wants.
        reply: what the handler returned.
    """
    if request.target.is_private or request.verb not in {SCAN, WHY} or not reply.text or reply.in_place:
        return reply
    display = (await services.rules.settings(request.target.chat_id)).display
    return structs.replace(reply, as_private_reply=display.ephemeral)


async def without_repetition(request: Request, services: Services, reply: Reply) -> Reply:
    """The reply, unless the same button has just shown something: a card, an explanation.

    The claim belongs to the update: one that is handled again, as Telegram did not answer, shows it.

    Args:
        request: the press.
        services: whose memos keep the claim for SHOWN_SECONDS; without Redis nothing counts as repeated.
        reply: what the handler returned.
    """
    is_view = reply.question is not None or reply.reply_to > 0
    if not is_view or reply.in_place:
        return reply
    person = [str(request.user_id)] if reply.as_private_reply else []
    button = ":".join([str(request.message_id), request.verb, *request.arguments, *person])
    owner = str(request.update_id)
    is_first = await services.memos.claim(request.target.chat_id, button, owner, seconds=SHOWN_SECONDS)
    return reply if is_first else Reply(note=shown_already(locale=request.locale))
