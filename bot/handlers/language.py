"""/language and its buttons: what the chat reads, and how numbers are written there."""

from bot.dialog.request import Reply, Request
from bot.parsing.settings import parse_language, parse_settings
from domain.errors import BadInput
from domain.rules.rules import ChatSettings
from messaging.languages.choice import locale_for
from messaging.telegram.keyboards.language import language_keyboard
from messaging.telegram.keyboards.settings import with_back_button
from messaging.telegram.texts.help import admins_only
from messaging.telegram.texts.language import language_text
from services.services import Services


async def language(request: Request, services: Services) -> Reply:
    """Show the language, or change it to the one that the message names."""
    words = request.words.strip()
    if words and request.is_read_only:
        raise BadInput(admins_only(locale=request.locale))
    if words:
        changed = await services.rules.change_settings(request.target, parse_language(words))
        return _card(request, services, changed)
    return _card(request, services, await services.rules.settings(request.target.chat_id))


async def language_callback(request: Request, services: Services) -> Reply:
    """Change what the button says, or open the card, in place of the one before."""
    if request.arguments == ("card",):
        found = await services.rules.settings(request.target.chat_id)
    else:
        change = parse_settings(" ".join(request.arguments))
        found = await services.rules.change_settings(request.target, change)
    return _card(request, services, found, in_place=True)


def _card(request: Request, services: Services, found: ChatSettings, *, in_place: bool = False) -> Reply:
    """In the language that was just chosen."""
    display, chat_id = found.display, request.target.chat_id
    locale = locale_for(display)
    keyboard = with_back_button(
        services.callbacks,
        language_keyboard(services.callbacks, display, chat_id=chat_id, locale=locale),
        chat_id=chat_id,
        locale=locale,
    )
    return Reply(
        text=language_text(display, locale=locale),
        keyboard=None if request.is_read_only else keyboard,
        in_place=in_place,
    )
