"""/deleteme: all that is kept of a chat is deleted, when its owner confirms."""

from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.services.services import Desk
from messaging.telegram.keyboards.rules import forget_keyboard
from messaging.telegram.texts import rules as texts


async def ask(request: Request, desk: Desk) -> Reply:
    """Ask whether everything is to be deleted."""
    keyboard = forget_keyboard(desk.callbacks, chat_id=request.place.chat_id, user_id=request.user_id)
    return Reply(text=texts.ask_delete(), keyboard=keyboard)


async def tapped(request: Request, desk: Desk) -> Reply:
    """Delete everything, or leave it."""
    if request.arguments[0] != "yes":
        return Reply(text=texts.kept(), in_place=True)
    await desk.memory.forget(request.place.chat_id, request.user_id)
    await desk.people.forget(request.place.chat_id)
    return Reply(text=texts.deleted(), in_place=True)
