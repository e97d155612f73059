"""/patterns, /confluence and their buttons: which patterns of followed wallets make alerts."""

from msgspec import structs
from telegram import InlineKeyboardMarkup

from bot.dialog.request import Reply, Request
from bot.parsing.patterns import Change, meeting, parse_confluence, switched
from domain.errors import BadInput
from domain.patterns.found import Pattern, PatternSettings
from messaging.telegram.keyboards.pattern import patterns_keyboard
from messaging.telegram.texts.help import admins_only
from messaging.telegram.texts.pattern_settings import last_week, patterns_text
from messaging.telegram.texts.rules import in_all_topics
from services.services import Services


async def patterns(request: Request, services: Services) -> Reply:
    """Show what the chat gets alerts of patterns, or change it as the message asks."""
    if not request.words.strip():
        return await _card(request, services, await _settings(request, services))
    if request.is_read_only:
        raise BadInput(admins_only(locale=request.locale))
    return await _changed(request, services, parse_confluence(request.words))


async def pattern_callback(request: Request, services: Services) -> Reply:
    """Turn the pattern of the button on or off; or show the card, below an alert."""
    name, word = request.arguments
    if word == "card":
        return await _card(request, services, await _settings(request, services))
    changed = await _changed(request, services, switched(Pattern(name), is_on=word == "on"))
    return structs.replace(changed, in_place=True)


async def meet_callback(request: Request, services: Services) -> Reply:
    """Set how many owners must meet, within how many minutes."""
    owners, minutes = (int(word) for word in request.arguments)
    return structs.replace(await _changed(request, services, meeting(owners, minutes)), in_place=True)


async def _changed(request: Request, services: Services, change: Change) -> Reply:
    changed = await services.rules.change_settings(
        request.target, lambda old: structs.replace(old, patterns=change(old.patterns))
    )
    return await _card(request, services, changed.patterns)


async def _settings(request: Request, services: Services) -> PatternSettings:
    return (await services.rules.settings(request.target.chat_id)).patterns


async def _card(request: Request, services: Services, settings: PatternSettings) -> Reply:
    markup = patterns_keyboard(
        services.callbacks, settings, chat_id=request.target.chat_id, locale=request.locale
    )
    keyboard = None if request.is_read_only else InlineKeyboardMarkup.de_json({**markup})
    watches = await services.watches.of(request.target)
    week = last_week(await services.alert_history.patterns(watches, settings), locale=request.locale)
    everywhere = in_all_topics(request.target.topic_id, locale=request.locale)
    text = f"{patterns_text(settings, locale=request.locale)}\n{week}{everywhere}"
    return Reply(text=text, keyboard=keyboard)
