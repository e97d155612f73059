"""The buttons Mute 1 h and Unmute under an alert."""

import json

from telegram import InlineKeyboardMarkup

from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.services.services import Services
from domain.rules.watches import distinguish
from messaging.telegram.keyboards.watches import mute_swapped
from messaging.telegram.texts import watches as texts


async def mute_callback(request: Request, services: Services) -> Reply:
    """Mute or unmute the watch of the button, and put the opposite button in its place."""
    watch_id, seconds = map(int, request.arguments)
    chat_id = request.target.chat_id
    watch = await services.watches.by_id(watch_id, chat_id=chat_id)
    until = None if watch is None else await services.watches.mute(watch, seconds)
    if watch is None or until is None:
        return Reply(note=texts.gone())
    displayed = distinguish(await services.watches.of(request.target), watch)
    note = texts.muted(displayed, until) if seconds else texts.unmuted(displayed)
    keyboard = _buttons(request.markup)
    if keyboard is None:
        return Reply(note=note)
    swapped = mute_swapped(services.callbacks, keyboard, watch, chat_id=chat_id, muted=seconds > 0)
    return Reply(note=note, keyboard=swapped, in_place=True)


def _buttons(markup: bytes) -> InlineKeyboardMarkup | None:
    """The keyboard of the message, as Telegram sent it back."""
    return InlineKeyboardMarkup.de_json(json.loads(markup)) if markup else None
