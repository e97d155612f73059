"""/trades and its buttons: tokens whose large trades are alerts, whichever wallet trades."""

from msgspec import structs
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.dialog.choice import ask_token, mints_named
from bot.dialog.request import Reply, Request
from bot.parsing.rules import parse_dollars
from domain.activity.addresses import parse_address, short
from domain.errors import BadInput
from domain.tokens.token_trades import DEFAULT_USD, MIN_USD, FollowedToken
from messaging.telegram.escaping import MAX_CHAIN_TEXT
from messaging.telegram.keyboards.token_trades import TRADES_END
from messaging.telegram.texts.choice import unknown_token
from messaging.telegram.texts.help import admins_only
from messaging.telegram.texts.token_trade import trades_full, trades_refused, trades_text
from services.services import Services

_ENDS = frozenset({"off", "none", "stop", "end"})


async def trades(request: Request, services: Services) -> Reply:
    """List the tokens, or follow the trades of the one that the message names, or end that."""
    named, _, rest = request.words.strip().partition(" ")
    if not named:
        return await _list(request, services)
    if request.is_read_only:
        raise BadInput(admins_only(locale=request.locale))
    ends = rest.strip().lower() in _ENDS
    min_usd = DEFAULT_USD if ends or not rest.strip() else parse_dollars(rest.strip())
    mints = await mints_named(request, services, named)
    if not mints and len(named) <= MAX_CHAIN_TEXT:
        raise BadInput(unknown_token(named, locale=request.locale))
    if len(mints) > 1:
        return await ask_token(structs.replace(request, command="trades"), services, named, mints, after=rest)
    token = FollowedToken(mint=mints[0] if mints else parse_address(named), min_usd=min_usd)
    if ends:
        await services.token_trades.end(request.target, token.mint)
        return await _list(request, services)
    if min_usd < MIN_USD or not await services.token_trades.follow(request.target, token):
        is_full = min_usd >= MIN_USD and await services.token_trades.is_full_for(token.mint)
        raise BadInput(trades_full if is_full else trades_refused)
    return await _list(request, services)


async def end_callback(request: Request, services: Services) -> Reply:
    """Follow the trades of the button's token no longer, and show the others in its place."""
    await services.token_trades.end(request.target, parse_address(request.arguments[0]))
    return structs.replace(await _list(request, services), in_place=True)


async def _list(request: Request, services: Services) -> Reply:
    tokens = await services.token_trades.of(request.target)
    names = await services.price_alerts.names({one.mint for one in tokens}, locale=request.locale)
    chat_id = request.target.chat_id
    rows = [
        [
            InlineKeyboardButton(
                request.locale.gettext("End {token}", token=short(one.mint)),
                callback_data=services.callbacks.write(TRADES_END, one.mint, chat_id=chat_id),
            )
        ]
        for one in tokens
    ]
    keyboard = InlineKeyboardMarkup(rows) if rows and not request.is_read_only else None
    is_operator = request.target.is_private and request.user_id in services.operators
    text = trades_text(tokens, names, is_operator=is_operator, locale=request.locale)
    return Reply(text=text, keyboard=keyboard)
