"""/start: the first screen, and the way back for somebody who had blocked the bot."""

from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.services.services import Desk
from messaging.telegram.keyboards.start import examples_keyboard
from messaging.telegram.texts import start as texts


async def greet(request: Request, desk: Desk) -> Reply:
    """Greet, and offer example whales."""
    await desk.chats.open(request.place)
    if not request.place.is_private:
        return Reply(text=texts.group_greeting())
    keyboard = examples_keyboard(desk.callbacks, desk.examples, chat_id=request.place.chat_id)
    return Reply(
        text=texts.greeting(request.place.title, has_examples=keyboard is not None), keyboard=keyboard
    )
