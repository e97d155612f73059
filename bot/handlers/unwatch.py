"""/unwatch and the button Unfollow: a chat stops following a wallet; for a minute it can be undone."""

from bot.dialog.choice import ask_wallet
from bot.dialog.request import Reply, Request
from bot.parsing.labels import matching_watches
from domain.activity.addresses import is_address
from domain.rules.rules import Watch, distinguish
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.keyboards.choice import undo_keyboard
from messaging.telegram.texts import watches as texts
from services.acts import undo
from services.services import Services


async def unwatch(request: Request, services: Services) -> Reply:
    """Stop following the wallet that the message names; offer a choice if it is not exactly one."""
    watches = await services.watches.of(request.target)
    if not watches:
        return Reply(text=texts.nothing_followed(is_private=request.target.is_private, locale=request.locale))
    name = request.words.strip()
    found = matching_watches(watches, name) if name else watches
    if not found:
        return Reply(text=texts.not_followed(_displayed(name), locale=request.locale))
    if not name or len(found) > 1:
        question = "" if name else texts.ask_which("unfollow", locale=request.locale)
        return await ask_wallet(request, services, found, among=watches, question=question)
    reply = await _unfollow(services, found[0], distinguish(watches, found[0]), locale=request.locale)
    return reply or Reply(text=texts.gone(locale=request.locale))


async def drop_callback(request: Request, services: Services) -> Reply:
    """Stop following the wallet of the button."""
    watches = await services.watches.of(request.target)
    watch = await services.watches.by_id(int(request.arguments[0]), chat_id=request.target.chat_id)
    reply = (
        None
        if watch is None
        else await _unfollow(services, watch, distinguish(watches, watch), locale=request.locale)
    )
    return Reply(note=texts.gone(locale=request.locale)) if reply is None else reply


async def _unfollow(
    services: Services, watch: Watch, displayed: Watch, *, locale: Locale = ENGLISH
) -> Reply | None:
    """Stop following; None: it was not followed."""
    key = await undo.unfollow(services, watch)
    if key is None:
        return None
    keyboard = undo_keyboard(services.callbacks, key, chat_id=watch.chat_id, locale=locale)
    return Reply(text=texts.unfollowed(displayed, locale=locale), keyboard=keyboard, in_place=True)


def _displayed(name: str) -> str:
    return name if is_address(name) else name[:40]
