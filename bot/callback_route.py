"""Which handler a pressed button calls: its own, or that of the command which a choice carries on with.

A button that shows something is often pressed twice: it shows it once.
"""

from dataclasses import replace

from telegram import ForceReply

from bot.dialog.choice import read_choice
from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.routes import CALLBACKS, COMMANDS, Route
from bot.services.services import Services
from messaging.telegram.callbacks import OldCallback
from messaging.telegram.keyboards.choice import PICK
from messaging.telegram.texts.help import shown_already

SHOWN_SECONDS = 60
"""For so long a button does not show the same again below its message."""


async def callback_route(services: Services, request: Request) -> tuple[Route, Request]:
    """The route of a pressed button, and the request for its handler.

    Raises:
        OldCallback: there is no such button any more.
    """
    if request.verb != PICK:
        if request.verb not in CALLBACKS:
            raise OldCallback
        return CALLBACKS[request.verb], request
    key, index = request.arguments
    choice = await read_choice(services, key, chat_id=request.target.chat_id)
    if choice is None or choice.command not in COMMANDS:
        raise OldCallback
    words = choice.words(int(index))
    return COMMANDS[choice.command], replace(request, command=choice.command, words=words, arguments=())


def in_its_place(request: Request, reply: Reply) -> Reply:
    """The reply of a command that a choice carried on with: in the place of the choice, unless it asks.

    Telegram opens the field for an answer only with a new message.
    """
    asks = isinstance(reply.keyboard, ForceReply)
    return replace(reply, in_place=True) if request.verb == PICK and reply.text and not asks else reply


async def shown_once(request: Request, services: Services, reply: Reply) -> Reply:
    """The reply, unless the same button has just shown something: a card, an explanation.

    The claim belongs to the update: one that is handled again, as Telegram did not answer, shows it.
    """
    is_view = reply.question is not None or reply.reply_to > 0
    if not is_view or reply.in_place:
        return reply
    button = ":".join([str(request.message_id), request.verb, *request.arguments])
    owner = str(request.update_id)
    is_first = await services.memos.claim(request.target.chat_id, button, owner, seconds=SHOWN_SECONDS)
    return reply if is_first else Reply(note=shown_already())
