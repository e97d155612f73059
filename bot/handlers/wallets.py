"""/wallets: lists the followed wallets, with buttons to mute and unfollow; edited in place."""

from bot.dialog.request import Reply, Request
from bot.parsing.labels import leading_tag
from domain.rules.quiet import zone_of
from domain.rules.rules import Watch, distinguish
from messaging.telegram.keyboards.watches import ListPage, Unfollowed, list_keyboard
from messaging.telegram.texts import watches as texts
from messaging.telegram.texts.mutes import muted_note, unmuted_note
from messaging.telegram.texts.tags import no_wallet_tagged
from runtime import clock
from services.acts import undo
from services.acts.tags import tagged
from services.services import Services


async def wallets(request: Request, services: Services) -> Reply:
    """List the followed wallets, or those that bear the tag, from the first page."""
    return await _list(request, services, page=ListPage(0, leading_tag(request.words)[0]))


async def page_callback(request: Request, services: Services) -> Reply:
    """Show another page."""
    page, tag = _with_tag(request, 1)
    return await _list(request, services, page=ListPage(int(page), tag), in_place=True)


async def drop_callback(request: Request, services: Services) -> Reply:
    """Unfollow a wallet of the list; the button that follows it again stands in its row."""
    number, last, tag = _with_tag(request, 2)
    watch_id, page = int(number), int(last)
    before = _listed(await services.watches.of(request.target), tag)
    watch = await services.watches.by_id(watch_id, chat_id=request.target.chat_id)
    key = None if watch is None else await undo.unfollow(services, watch)
    if watch is None or key is None:
        return await _list(
            request, services, page=ListPage(page, tag), in_place=True, note=texts.gone(locale=request.locale)
        )
    index = next((index for index, one in enumerate(before) if one.watch_id == watch_id), 0)
    dropped = Unfollowed(watch=distinguish(before, watch), row=index - page * texts.PAGE, key=key)
    note = texts.unfollowed_note(dropped.watch, locale=request.locale)
    return await _list(request, services, page=ListPage(page, tag), in_place=True, note=note, dropped=dropped)


async def undo_callback(request: Request, services: Services) -> Reply:
    """Follow the wallet again that was unfollowed last."""
    key, page, tag = _with_tag(request, 2)
    is_done = await undo.undo(services, request.target, key, by=request.user_id)
    note = "" if is_done else texts.too_late_to_follow_again(locale=request.locale)
    return await _list(request, services, page=ListPage(int(page), tag), in_place=True, note=note)


async def mute_callback(request: Request, services: Services) -> Reply:
    """Mute or unmute a wallet of the list."""
    *numbers, tag = _with_tag(request, 3)
    watch_id, seconds, page = map(int, numbers)
    watch = await services.watches.by_id(watch_id, chat_id=request.target.chat_id)
    until = None if watch is None else await services.watches.mute(watch, seconds)
    if watch is None or until is None:
        return await _list(
            request, services, page=ListPage(page, tag), in_place=True, note=texts.gone(locale=request.locale)
        )
    displayed = distinguish(await services.watches.of(request.target), watch)
    settings = await services.rules.settings(request.target.chat_id)
    note = (
        muted_note(displayed, until, zone=zone_of(settings.zone), locale=request.locale)
        if seconds
        else unmuted_note(displayed, locale=request.locale)
    )
    return await _list(request, services, page=ListPage(page, tag), in_place=True, note=note)


def _with_tag(request: Request, number: int) -> tuple[str, ...]:
    """The arguments of a button of the list, and the tag behind them; empty: the list is of all wallets."""
    return (*request.arguments[:number], "".join(request.arguments[number:]))


def _listed(watches: list[Watch], tag: str) -> list[Watch]:
    return tagged(watches, tag) if tag else watches


async def _list(
    request: Request,
    services: Services,
    *,
    page: ListPage,
    in_place: bool = False,
    note: str = "",
    dropped: Unfollowed | None = None,
) -> Reply:
    every: list[Watch] = await services.watches.of(request.target)
    watches = _listed(every, page.tag)
    if every and not watches and dropped is None:
        return Reply(text=no_wallet_tagged(page.tag, locale=request.locale), in_place=in_place, note=note)
    if not watches and dropped is None:
        text = texts.nothing_followed(is_private=request.target.is_private, locale=request.locale)
        return Reply(text=text, in_place=in_place, note=note)
    current, now = max(0, min(page.number, (len(watches) - 1) // texts.PAGE)), clock.now()
    displayed = [distinguish(every, watch) for watch in watches]
    keyboard = list_keyboard(
        services.callbacks,
        displayed,
        chat_id=request.target.chat_id,
        page=ListPage(current, page.tag),
        now=now,
        dropped=dropped,
        locale=request.locale,
    )
    text = texts.wallets(displayed, page=current, now=now, tag=page.tag, locale=request.locale)
    return Reply(text=text, keyboard=keyboard, in_place=in_place, note=note)
