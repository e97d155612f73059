"""/settings and its buttons: links, parts of an alert, spam, busy wallets."""

from bot.dialog.request import Reply, Request
from bot.parsing.settings import parse_settings
from domain.errors import BadInput
from domain.rules.rules import ChatSettings
from messaging.telegram.keyboards.settings import settings_keyboard, with_back_button
from messaging.telegram.texts.help import admins_only
from messaging.telegram.texts.mysize import size_text
from messaging.telegram.texts.rules import in_all_topics
from messaging.telegram.texts.settings import bot_text, settings_text
from services.services import Services


async def settings(request: Request, services: Services) -> Reply:
    """Show the settings of the chat, or change what the message asks for."""
    words = request.words.strip()
    if words and request.is_read_only:
        raise BadInput(admins_only(locale=request.locale))
    if words:
        changed = await services.rules.change_settings(request.target, parse_settings(words))
        return _card(request, services, changed)
    return _card(request, services, await services.rules.settings(request.target.chat_id))


async def setting_callback(request: Request, services: Services) -> Reply:
    """Change what the button says, and show the card in its place."""
    change = parse_settings(" ".join(request.arguments))
    changed = await services.rules.change_settings(request.target, change)
    return _card(request, services, changed, in_place=True)


async def card_callback(request: Request, services: Services) -> Reply:
    """Open the card of the button in place of the one before."""
    found = await services.rules.settings(request.target.chat_id)
    texts = {
        "bot": bot_text(found, locale=request.locale),
        "size": size_text(found.display, locale=request.locale),
    }
    if request.arguments[0] not in texts:
        return _card(request, services, found, in_place=True)
    keyboard = with_back_button(
        services.callbacks, None, chat_id=request.target.chat_id, locale=request.locale
    )
    return Reply(text=texts[request.arguments[0]], keyboard=keyboard, in_place=True)


def _card(request: Request, services: Services, found: ChatSettings, *, in_place: bool = False) -> Reply:
    text = settings_text(found, locale=request.locale) + in_all_topics(
        request.target.topic_id, locale=request.locale
    )
    keyboard = settings_keyboard(
        services.callbacks, found, chat_id=request.target.chat_id, locale=request.locale
    )
    return Reply(text=text, keyboard=None if request.is_read_only else keyboard, in_place=in_place)
