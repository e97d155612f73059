"""/wallets: lists the followed wallets, with buttons to mute and unfollow; edited in place."""

from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.services.services import Services
from messaging.telegram.keyboards.watches import list_keyboard
from messaging.telegram.texts import watches as texts
from runtime import clock


async def wallets(request: Request, services: Services) -> Reply:
    """List the followed wallets, from the first page."""
    return await _list(request, services, page=0)


async def page_callback(request: Request, services: Services) -> Reply:
    """Show another page."""
    return await _list(request, services, page=int(request.arguments[0]), in_place=True)


async def drop_callback(request: Request, services: Services) -> Reply:
    """Unfollow a wallet of the list."""
    watch_id, page = map(int, request.arguments)
    watch = await services.watches.by_id(watch_id, chat_id=request.target.chat_id)
    if watch is not None:
        await services.watches.unfollow(watch)
    return await _list(request, services, page=page, in_place=True, note="" if watch else texts.gone())


async def mute_callback(request: Request, services: Services) -> Reply:
    """Mute or unmute a wallet of the list."""
    watch_id, seconds, page = map(int, request.arguments)
    watch = await services.watches.by_id(watch_id, chat_id=request.target.chat_id)
    until = None if watch is None else await services.watches.mute(watch, seconds)
    if watch is None or until is None:
        return await _list(request, services, page=page, in_place=True, note=texts.gone())
    note = texts.muted(watch, until) if seconds else texts.unmuted(watch)
    return await _list(request, services, page=page, in_place=True, note=note)


async def _list(
    request: Request, services: Services, *, page: int, in_place: bool = False, note: str = ""
) -> Reply:
    watches = await services.watches.of(request.target)
    if not watches:
        return Reply(text=texts.nothing_followed(), in_place=in_place, note=note)
    current, now = max(0, min(page, (len(watches) - 1) // texts.PAGE)), clock.now()
    keyboard = list_keyboard(
        services.callbacks, watches, chat_id=request.target.chat_id, page=current, now=now
    )
    text = texts.wallets(watches, page=current, now=now)
    return Reply(text=text, keyboard=keyboard, in_place=in_place, note=note)
