"""The other pages of a choice. A tap on an option carries on with its command: bot/routes.py."""

from bot.dialog.choice import read_choice
from bot.dialog.request import Reply, Request
from messaging.telegram.callbacks import OldCallback
from messaging.telegram.keyboards.choice import choice_keyboard
from services.services import Services


async def page_callback(request: Request, services: Services) -> Reply:
    """Show another page of the options.

    Raises:
        OldCallback: the choice is too old.
    """
    key, page = request.arguments
    chat_id = request.target.chat_id
    choice = await read_choice(services, key, chat_id=chat_id)
    if choice is None:
        raise OldCallback
    names = [option.name for option in choice.options]
    keyboard = choice_keyboard(services.callbacks, key, names, chat_id=chat_id, page=int(page))
    return Reply(keyboard=keyboard, in_place=True)
