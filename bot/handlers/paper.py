"""/paper: campaigns with virtual money, which follow wallets of the chat. Nothing is ever signed or sent."""

from telegram import InlineKeyboardMarkup

from bot.dialog.request import Reply, Request, SlowQuestion
from bot.parsing.paper import leading_wallets, parse_plan
from domain.errors import BadInput, NotFound
from domain.jobs import QuestionKind
from domain.paper.stored import CampaignStatus
from domain.rules.quiet import zone_of
from messaging.telegram.charts.shapes import Theme
from messaging.telegram.keyboards.paper import ASK_STOP, paper_keyboard, stop_keyboard
from messaging.telegram.texts import paper as texts
from messaging.telegram.texts.help import admins_only
from messaging.telegram.texts.paper_fills import fills_text
from runtime import clock
from services.paper import Asker
from services.services import Services


async def paper(request: Request, services: Services) -> Reply:
    """List the campaigns of the chat, or start one."""
    words = request.words.strip()
    if not words:
        return await _list(request, services)
    if request.is_read_only:
        raise BadInput(admins_only(locale=request.locale))
    watches, rest = leading_wallets(await services.watches.of(request.target), words)
    if not watches:
        raise BadInput(texts.not_followed)
    now = clock.now()
    zone = zone_of((await services.rules.settings(request.target.chat_id)).zone)
    plan = parse_plan({watch.wallet for watch in watches}, rest, now=now, zone=zone)
    await services.chats.open(request.target)
    started = await services.campaigns.start(request.target, plan, _asker(request))
    labels = {watch.wallet: watch.label for watch in watches}
    near = texts.near_limit(await services.campaigns.near_limit(request.target), locale=request.locale)
    return Reply(text=texts.started(started, labels, now, locale=request.locale) + near)


async def change_callback(request: Request, services: Services) -> Reply:
    """Let the campaign of the button pause, continue or end, and show all in its place; before an end ask."""
    number, status = request.arguments
    if status == ASK_STOP:
        return _ask_stop(request, services, int(number))
    await services.campaigns.change(request.target, int(number), CampaignStatus(status), _asker(request))
    changed = await _list(request, services)
    return Reply(text=changed.text, keyboard=changed.keyboard, in_place=True)


async def page_callback(request: Request, services: Services) -> Reply:
    """Another page of campaigns, in place of the one before."""
    found = await _list(request, services, page=int(request.arguments[0]))
    return Reply(text=found.text, keyboard=found.keyboard, in_place=True)


async def fills_callback(request: Request, services: Services) -> Reply:
    """Show the latest fills of the campaign of the button."""
    fills, symbols = await services.campaigns.fills(request.target, int(request.arguments[0]))
    return Reply(text=fills_text(fills, symbols, services.chain, clock.now(), locale=request.locale))


async def chart_callback(request: Request, services: Services) -> Reply:
    """Draw what the campaign of the button has come to over time."""
    number, theme = request.arguments
    try:
        await services.campaigns.one(request.target, int(number))
    except NotFound as error:
        raise BadInput(texts.not_changed) from error
    await services.chats.open(request.target)
    subject = f"{int(number)} {Theme(theme).value}"
    question = SlowQuestion(kind=QuestionKind.CAMPAIGN, subject=subject)
    return Reply(text=texts.drawing(locale=request.locale), question=question)


def _ask_stop(request: Request, services: Services, number: int) -> Reply:
    """Ask in place of the list whether the campaign shall end."""
    chat_id, locale = request.target.chat_id, request.locale
    markup = stop_keyboard(services.callbacks, chat_id=chat_id, campaign_id=number, locale=locale)
    return Reply(
        text=texts.stop_question(number, locale=locale),
        keyboard=InlineKeyboardMarkup.de_json({**markup}),
        in_place=True,
    )


def _asker(request: Request) -> Asker:
    return Asker(user_id=request.user_id, origin=f"update {request.update_id}")


async def _list(request: Request, services: Services, *, page: int = 0) -> Reply:
    campaigns = await services.campaigns.of(request.target)
    pages = max(1, -(-len(campaigns) // texts.MAX_SHOWN))
    number = max(0, min(page, pages - 1))
    listed = campaigns[number * texts.MAX_SHOWN : (number + 1) * texts.MAX_SHOWN]
    labels = {one.wallet: one.label for one in await services.watches.of(request.target)}
    keyboard = paper_keyboard(
        services.callbacks,
        listed,
        chat_id=request.target.chat_id,
        may_change=not request.is_read_only,
        neighbours=(number - 1, number + 1 if number + 1 < pages else -1),
        locale=request.locale,
    )
    markup = None if keyboard is None else InlineKeyboardMarkup.de_json({**keyboard})
    return Reply(text=texts.paper_text(listed, labels, clock.now(), locale=request.locale), keyboard=markup)
