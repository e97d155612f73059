"""/start: greets, and opens the chat again after the person had blocked the bot."""

from bot.dialog.request import Reply, Request
from messaging.telegram.keyboards.watches import examples_keyboard
from messaging.telegram.texts import help as texts
from services.services import Services


async def greet(request: Request, services: Services) -> Reply:
    """Greet, and offer example whales."""
    await services.chats.open(request.target)
    if not request.target.is_private:
        return Reply(text=texts.group_greeting())
    watches = await services.watches.of(request.target)
    keyboard = examples_keyboard(
        services.callbacks, services.examples, chat_id=request.target.chat_id, watches=watches
    )
    return Reply(
        text=texts.greeting(request.target.title, has_examples=keyboard is not None), keyboard=keyboard
    )
