"""/help, and the replies to unknown commands and texts."""

from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.services.services import Services
from domain.activity.addresses import is_address
from messaging.telegram.keyboards.start import address_keyboard
from messaging.telegram.texts import help as texts
from messaging.telegram.texts import watches as watch_texts

MAX_TEXT = 1_000
"""Characters; no command is longer."""


async def explain(request: Request, services: Services) -> Reply:
    """List the commands."""
    is_operator = request.target.is_private and request.user_id in services.operators
    return Reply(text=texts.help_text(is_operator=is_operator))


async def unknown_text(request: Request, services: Services) -> Reply:
    """Reply to a text that is neither a command nor an answer, in a private chat."""
    words = request.words.strip()
    if is_address(words):
        keyboard = address_keyboard(services.callbacks, words, chat_id=request.target.chat_id)
        return Reply(text=watch_texts.pasted(words), keyboard=keyboard)
    if len(words) > MAX_TEXT:
        return Reply(text=texts.too_long(MAX_TEXT))
    return Reply(text=texts.not_understood() if words else texts.no_text())


async def unknown_command(request: Request, services: Services) -> Reply:
    """Reply to a command that does not exist."""
    del services
    return Reply(text=texts.unknown_command(request.command))
