"""/wallets: lists the followed wallets, with buttons to mute and unfollow; edited in place."""

from bot.dialog.request import Reply, Request
from domain.rules.rules import Watch, distinguish
from messaging.telegram.keyboards.watches import Unfollowed, list_keyboard
from messaging.telegram.texts import watches as texts
from runtime import clock
from services import undo
from services.services import Services


async def wallets(request: Request, services: Services) -> Reply:
    """List the followed wallets, from the first page."""
    return await _list(request, services, page=0)


async def page_callback(request: Request, services: Services) -> Reply:
    """Show another page."""
    return await _list(request, services, page=int(request.arguments[0]), in_place=True)


async def drop_callback(request: Request, services: Services) -> Reply:
    """Unfollow a wallet of the list; the button that follows it again stands in its row."""
    watch_id, page = map(int, request.arguments)
    before = await services.watches.of(request.target)
    watch = await services.watches.by_id(watch_id, chat_id=request.target.chat_id)
    key = None if watch is None else await undo.unfollow(services, watch)
    if watch is None or key is None:
        return await _list(request, services, page=page, in_place=True, note=texts.gone())
    index = next((index for index, one in enumerate(before) if one.watch_id == watch_id), 0)
    dropped = Unfollowed(watch=distinguish(before, watch), row=index - page * texts.PAGE, key=key)
    note = texts.unfollowed_note(dropped.watch)
    return await _list(request, services, page=page, in_place=True, note=note, dropped=dropped)


async def undo_callback(request: Request, services: Services) -> Reply:
    """Follow the wallet again that was unfollowed last."""
    key, page = request.arguments
    is_done = await undo.undo(services, request.target, key, by=request.user_id)
    note = "" if is_done else texts.too_late_to_follow_again()
    return await _list(request, services, page=int(page), in_place=True, note=note)


async def mute_callback(request: Request, services: Services) -> Reply:
    """Mute or unmute a wallet of the list."""
    watch_id, seconds, page = map(int, request.arguments)
    watch = await services.watches.by_id(watch_id, chat_id=request.target.chat_id)
    until = None if watch is None else await services.watches.mute(watch, seconds)
    if watch is None or until is None:
        return await _list(request, services, page=page, in_place=True, note=texts.gone())
    displayed = distinguish(await services.watches.of(request.target), watch)
    note = texts.muted(displayed, until) if seconds else texts.unmuted(displayed)
    return await _list(request, services, page=page, in_place=True, note=note)


async def _list(
    request: Request,
    services: Services,
    *,
    page: int,
    in_place: bool = False,
    note: str = "",
    dropped: Unfollowed | None = None,
) -> Reply:
    watches: list[Watch] = await services.watches.of(request.target)
    if not watches and dropped is None:
        text = texts.nothing_followed(is_private=request.target.is_private)
        return Reply(text=text, in_place=in_place, note=note)
    current, now = max(0, min(page, (len(watches) - 1) // texts.PAGE)), clock.now()
    displayed = [distinguish(watches, watch) for watch in watches]
    keyboard = list_keyboard(
        services.callbacks,
        displayed,
        chat_id=request.target.chat_id,
        page=current,
        now=now,
        dropped=dropped,
    )
    text = texts.wallets(displayed, page=current, now=now)
    return Reply(text=text, keyboard=keyboard, in_place=in_place, note=note)
