"""/wallets: what is followed, with buttons to mute and unfollow; edited in place."""

from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.services.services import Desk
from messaging.telegram.keyboards.watches import list_keyboard
from messaging.telegram.texts import watches as texts
from runtime import clock


async def wallets(request: Request, desk: Desk) -> Reply:
    """List what is followed, from the first page."""
    return await _list(request, desk, page=0)


async def page_tapped(request: Request, desk: Desk) -> Reply:
    """Show another page."""
    return await _list(request, desk, page=int(request.arguments[0]), in_place=True)


async def drop_tapped(request: Request, desk: Desk) -> Reply:
    """Unfollow a wallet of the list."""
    watch_id, page = map(int, request.arguments)
    watch = await desk.watches.by_id(watch_id, chat_id=request.place.chat_id)
    if watch is not None:
        await desk.watches.unfollow(watch)
    return await _list(request, desk, page=page, in_place=True, note="" if watch else texts.gone())


async def mute_tapped(request: Request, desk: Desk) -> Reply:
    """Mute a wallet of the list, or tell of it again."""
    watch_id, seconds, page = map(int, request.arguments)
    watch = await desk.watches.by_id(watch_id, chat_id=request.place.chat_id)
    until = None if watch is None else await desk.watches.mute(watch, seconds)
    if watch is None or until is None:
        return await _list(request, desk, page=page, in_place=True, note=texts.gone())
    note = texts.muted(watch, until) if seconds else texts.unmuted(watch)
    return await _list(request, desk, page=page, in_place=True, note=note)


async def _list(request: Request, desk: Desk, *, page: int, in_place: bool = False, note: str = "") -> Reply:
    watches = await desk.watches.of(request.place)
    if not watches:
        return Reply(text=texts.nothing_followed(), in_place=in_place, note=note)
    shown, now = max(0, min(page, (len(watches) - 1) // texts.PAGE)), clock.now()
    keyboard = list_keyboard(desk.callbacks, watches, chat_id=request.place.chat_id, page=shown, now=now)
    text = texts.wallets(watches, page=shown, now=now)
    return Reply(text=text, keyboard=keyboard, in_place=in_place, note=note)
