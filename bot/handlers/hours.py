"""/quiet, /timezone, /digest and their buttons: when alerts come."""

from collections.abc import Callable

from telegram import InlineKeyboardMarkup

from bot.dialog.request import Reply, Request
from bot.parsing.times import Change, parse_digest, parse_quiet, parse_zone
from domain.errors import BadInput
from domain.rules.rules import ChatSettings
from messaging.telegram.keyboards.hours import digest_keyboard, quiet_keyboard, zone_keyboard
from messaging.telegram.keyboards.settings import with_back_button
from messaging.telegram.texts.help import admins_only
from messaging.telegram.texts.hours import hours_text
from messaging.telegram.texts.rules import in_all_topics
from runtime import clock
from services.services import Services

Keyboard = Callable[..., InlineKeyboardMarkup]


async def quiet(request: Request, services: Services) -> Reply:
    """Show or set the hours without alerts."""
    return await _answer(request, services, parse_quiet, quiet_keyboard)


async def zone(request: Request, services: Services) -> Reply:
    """Show or set the time zone."""
    return await _answer(request, services, parse_zone, zone_keyboard)


async def digest(request: Request, services: Services) -> Reply:
    """Show or set whether alerts come in a digest, and how many come one by one."""
    return await _answer(request, services, parse_digest, digest_keyboard)


async def quiet_callback(request: Request, services: Services) -> Reply:
    """Set the quiet hours of the button."""
    return await _set(request, services, parse_quiet(_written(request)), quiet_keyboard, in_place=True)


async def zone_callback(request: Request, services: Services) -> Reply:
    """Set the time zone of the button."""
    return await _set(request, services, parse_zone(request.arguments[0]), zone_keyboard, in_place=True)


async def digest_callback(request: Request, services: Services) -> Reply:
    """Set the digest of the button."""
    return await _set(request, services, parse_digest(_written(request)), digest_keyboard, in_place=True)


async def hours_callback(request: Request, services: Services) -> Reply:
    """Open the card of the button in place of the settings."""
    keyboard = _KEYBOARDS[request.arguments[0]]
    settings = await services.rules.settings(request.target.chat_id)
    return await _card(request, services, settings, keyboard, in_place=True)


_KEYBOARDS: dict[str, Keyboard] = {"quiet": quiet_keyboard, "digest": digest_keyboard, "zone": zone_keyboard}


async def _answer(
    request: Request, services: Services, read: Callable[[str], Change], keyboard: Keyboard
) -> Reply:
    words = request.words.strip()
    if words and request.is_read_only:
        raise BadInput(admins_only(locale=request.locale))
    if words:
        return await _set(request, services, read(words), keyboard)
    settings = await services.rules.settings(request.target.chat_id)
    return await _card(request, services, settings, keyboard)


async def _set(
    request: Request, services: Services, change: Change, keyboard: Keyboard, *, in_place: bool = False
) -> Reply:
    settings = await services.rules.change_settings(request.target, change)
    return await _card(request, services, settings, keyboard, in_place=in_place)


async def _card(
    request: Request,
    services: Services,
    settings: ChatSettings,
    keyboard: Keyboard,
    *,
    in_place: bool = False,
) -> Reply:
    chat_id = request.target.chat_id
    text = hours_text(
        settings, clock.now(), hourly_limit=await services.people.hourly_limit(chat_id), locale=request.locale
    )
    text += in_all_topics(request.target.topic_id, locale=request.locale)
    buttons = None
    if not request.is_read_only:
        rows = keyboard(services.callbacks, settings, chat_id=chat_id, locale=request.locale)
        buttons = with_back_button(services.callbacks, rows, chat_id=chat_id, locale=request.locale)
    return Reply(text=text, keyboard=buttons, in_place=in_place)


def _written(request: Request) -> str:
    """The button's words as a person would write them; callback data cannot hold a colon."""
    return request.arguments[0].replace(".", ":")
