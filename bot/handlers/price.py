"""/price, /token and their buttons: what a token costs, its chart, alerts on it. A worker reads it."""

from msgspec import structs
from telegram import InlineKeyboardMarkup

from bot.dialog.choice import ask_token, mints_named
from bot.dialog.request import Reply, Request, SlowQuestion
from bot.parsing.prices import parse_condition
from domain.activity.addresses import parse_address
from domain.errors import BadInput
from domain.jobs import QuestionKind
from domain.tokens.candles import ChartRange
from domain.tokens.price_alerts import Condition
from messaging.telegram.charts.shapes import Theme
from messaging.telegram.escaping import MAX_CHAIN_TEXT
from messaging.telegram.keyboards.token import alerts_keyboard, chart_code
from messaging.telegram.texts.choice import unknown_token
from messaging.telegram.texts.help import admins_only
from messaging.telegram.texts.price_alert import alert_list, deleted, gone, token_usage
from messaging.telegram.texts.token import reading_price
from services.services import Services

_THEMES = {one.value: one for one in Theme}
_RANGES = {one.value: one for one in ChartRange}


async def token(request: Request, services: Services) -> Reply:
    """Draw the chart of the token that the message names, for a range and in a theme if it says so."""
    named, *rest = request.words.split() or [""]
    if not named:
        raise BadInput(token_usage)
    mints = await _mints(request, services, named)
    if len(mints) > 1:
        return await ask_token(
            structs.replace(request, command="token"), services, named, mints, after=" ".join(rest)
        )
    of = next((_RANGES[word] for word in rest if word in _RANGES), ChartRange.DAY)
    theme = next((_THEMES[word] for word in rest if word in _THEMES), Theme.DARK)
    return await _ask(request, services, QuestionKind.TOKEN, f"{mints[0]} {chart_code(of, theme)}")


async def price(request: Request, services: Services) -> Reply:
    """Show a price, set an alert on it, or list the alerts of the chat."""
    named, _, rest = request.words.strip().partition(" ")
    if not named:
        return await _list(request, services)
    if rest and request.is_read_only:
        raise BadInput(admins_only(locale=request.locale))
    wanted = parse_condition(rest) if rest.strip() else None
    mints = await _mints(request, services, named)
    if len(mints) > 1:
        return await ask_token(structs.replace(request, command="price"), services, named, mints, after=rest)
    if wanted is None:
        return await _ask(request, services, QuestionKind.PRICE, mints[0])
    condition, target = wanted
    return await _ask(request, services, QuestionKind.PRICE, f"{mints[0]} {condition} {target:f}")


async def chart_callback(request: Request, services: Services) -> Reply:
    """Draw the chart of the button in place of the message above it."""
    mint, code = request.arguments
    await services.chats.open(request.target)
    question = SlowQuestion(kind=QuestionKind.TOKEN, subject=f"{parse_address(mint)} {code}")
    return Reply(keyboard=request.buttons, in_place=True, question=question)


async def set_callback(request: Request, services: Services) -> Reply:
    """Set an alert of ten percent on the token of the button."""
    mint = parse_address(request.arguments[0])
    return await _ask(request, services, QuestionKind.PRICE, f"{mint} {Condition.PERCENT} 0.1")


async def drop_callback(request: Request, services: Services) -> Reply:
    """Delete the alert of the button, and show the others."""
    dropped = await services.price_alerts.delete(request.target, int(request.arguments[0]))
    if dropped is None:
        return Reply(note=gone(locale=request.locale))
    name = (await services.price_alerts.names([dropped.mint], locale=request.locale))[dropped.mint]
    left = await _list(request, services)
    return structs.replace(
        left, text=f"{deleted(name, dropped, locale=request.locale)}\n\n{left.text}", in_place=True
    )


async def _list(request: Request, services: Services) -> Reply:
    alerts = await services.price_alerts.of(request.target)
    names = await services.price_alerts.names({alert.mint for alert in alerts}, locale=request.locale)
    if not alerts or request.is_read_only:
        return Reply(text=alert_list(alerts, names, locale=request.locale))
    keyboard = alerts_keyboard(services.callbacks, alerts, chat_id=request.target.chat_id)
    return Reply(
        text=alert_list(alerts, names, locale=request.locale),
        keyboard=InlineKeyboardMarkup.de_json({**keyboard}),
    )


async def _mints(request: Request, services: Services, named: str) -> list[str]:
    """The tokens that a word stands for, at least one.

    Raises:
        BadInput: no token is called so, and it is no address.
    """
    mints = await mints_named(request, services, named)
    if not mints and len(named) <= MAX_CHAIN_TEXT:
        raise BadInput(unknown_token(named, locale=request.locale))
    return mints or [parse_address(named)]


async def _ask(request: Request, services: Services, kind: QuestionKind, subject: str) -> Reply:
    await services.chats.open(request.target)
    mint = subject.partition(" ")[0]
    return Reply(
        text=reading_price(mint, locale=request.locale), question=SlowQuestion(kind=kind, subject=subject)
    )
