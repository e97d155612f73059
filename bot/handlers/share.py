"""/share and its buttons: the wallets of a chat, or those that bear a tag, behind a link and a QR picture."""

from telegram import InlineKeyboardMarkup

from bot.dialog.request import Document, Reply, Request
from bot.parsing.labels import leading_tag
from messaging.telegram.charts.qr import qr_png
from messaging.telegram.keyboards.share import share_keyboard
from messaging.telegram.texts import share as texts
from messaging.telegram.texts import watches as watch_texts
from messaging.telegram.texts.tags import no_wallet_tagged
from services.acts.tags import tagged
from services.services import Services
from services.stores.shared_lists import EXPIRES_DAYS


async def share(request: Request, services: Services) -> Reply:
    """Share the wallets of the chat, or those that bear the tag."""
    every = await services.watches.of(request.target)
    tag, _ = leading_tag(request.words)
    watches = tagged(every, tag) if tag else every
    if not every:
        return Reply(
            text=watch_texts.nothing_followed(is_private=request.target.is_private, locale=request.locale)
        )
    if not watches:
        return Reply(text=no_wallet_tagged(tag, locale=request.locale))
    list_id, parameter = await services.shared_lists.share(
        request.target, watches, by=request.user_id, name=request.target.title
    )
    url = f"https://t.me/{request.bot}?start={parameter}"
    picture = Document(
        name="list.png",
        content=qr_png(url),
        caption=texts.caption(len(watches), locale=request.locale),
        is_picture=True,
    )
    text = texts.shared(len(watches), url, EXPIRES_DAYS, is_named=False, locale=request.locale)
    return Reply(text=text, keyboard=_buttons(request, services, list_id, is_named=False), document=picture)


async def name_callback(request: Request, services: Services) -> Reply:
    """Let readers see the name of who shares the list of the button, or not."""
    list_id, flag = map(int, request.arguments)
    is_named = flag == 1
    if not await services.shared_lists.name_owner(list_id, by=request.user_id, is_named=is_named):
        return Reply(note=texts.no_such_list(locale=request.locale))
    parameter = services.shared_lists.parameter(list_id)
    found = await services.shared_lists.open(parameter)
    if found is None:
        return Reply(note=texts.no_such_list(locale=request.locale))
    url = f"https://t.me/{request.bot}?start={parameter}"
    text = texts.shared(len(found.wallets), url, EXPIRES_DAYS, is_named=is_named, locale=request.locale)
    keyboard = _buttons(request, services, list_id, is_named=is_named)
    return Reply(text=text, keyboard=keyboard, in_place=True)


async def revoke_callback(request: Request, services: Services) -> Reply:
    """Let nobody open the list of the button any more."""
    if not await services.shared_lists.revoke(int(request.arguments[0]), chat_id=request.target.chat_id):
        return Reply(note=texts.no_such_list(locale=request.locale))
    return Reply(text=texts.revoked(locale=request.locale), in_place=True)


def _buttons(request: Request, services: Services, list_id: int, *, is_named: bool) -> InlineKeyboardMarkup:
    return share_keyboard(
        services.callbacks,
        list_id,
        is_named=is_named,
        chat_id=request.target.chat_id,
        user_id=request.user_id,
        locale=request.locale,
    )
