"""/mine and its buttons: the chat's own addresses; exits and drains of their tokens are urgent alerts."""

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.dialog.request import Reply, Request
from domain.activity.addresses import parse_address, short
from domain.errors import BadInput
from messaging.telegram.keyboards.mine import FORGET_MINE
from messaging.telegram.texts.help import admins_only
from messaging.telegram.texts.mine import mine_forgotten, mine_refused, mine_text
from services.services import Services
from storage.chats.own_wallets import MAX_OWN


async def mine(request: Request, services: Services) -> Reply:
    """List the addresses, or note the one that the message names."""
    words = request.words.strip()
    if not words:
        return await _list(request, services)
    if request.is_read_only:
        raise BadInput(admins_only(locale=request.locale))
    if not await services.own_wallets.add(request.target, parse_address(words)):
        raise BadInput(mine_refused(MAX_OWN, locale=request.locale))
    return await _list(request, services)


async def forget_callback(request: Request, services: Services) -> Reply:
    """Forget the address of the button, and show the others in its place."""
    address = parse_address(request.arguments[0])
    await services.own_wallets.remove(request.target, address)
    left = await _list(request, services)
    return Reply(
        text=left.text,
        keyboard=left.keyboard,
        in_place=True,
        note=mine_forgotten(address, locale=request.locale),
    )


async def _list(request: Request, services: Services) -> Reply:
    wallets = await services.own_wallets.of(request.target)
    chat_id = request.target.chat_id
    rows = [
        [
            InlineKeyboardButton(
                request.locale.gettext("Forget {wallet}", wallet=short(one.address)),
                callback_data=services.callbacks.write(FORGET_MINE, one.address, chat_id=chat_id),
            )
        ]
        for one in wallets
    ]
    keyboard = InlineKeyboardMarkup(rows) if rows and not request.is_read_only else None
    return Reply(text=mine_text(wallets, MAX_OWN, locale=request.locale), keyboard=keyboard)
