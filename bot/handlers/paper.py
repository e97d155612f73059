"""/paper: campaigns with virtual money, which follow wallets of the chat. Nothing is ever signed or sent."""

from telegram import InlineKeyboardMarkup

from bot.dialog.request import Reply, Request
from bot.parsing.labels import leading_name
from bot.parsing.paper import parse_plan
from domain.errors import BadInput
from domain.paper.stored import CampaignStatus
from messaging.telegram.keyboards.paper import paper_keyboard
from messaging.telegram.texts import paper as texts
from messaging.telegram.texts.help import admins_only
from runtime import clock
from services.services import Services


async def paper(request: Request, services: Services) -> Reply:
    """List the campaigns of the chat, or start one."""
    words = request.words.strip()
    if not words:
        return await _list(request, services)
    if request.is_read_only:
        raise BadInput(admins_only(locale=request.locale))
    watches, rest = leading_name(await services.watches.of(request.target), words)
    if not watches:
        raise BadInput(texts.not_followed())
    watch = watches[0]
    plan = parse_plan(watch.wallet, rest, since=int(clock.now().timestamp()))
    await services.chats.open(request.target)
    await services.campaigns.start(request.target, plan)
    return Reply(text=texts.started(watch.label, watch.wallet))


async def change_callback(request: Request, services: Services) -> Reply:
    """Let the campaign of the button pause, go on or end, and show all in its place."""
    number, status = request.arguments
    await services.campaigns.change(request.target, int(number), CampaignStatus(status))
    changed = await _list(request, services)
    return Reply(text=changed.text, keyboard=changed.keyboard, in_place=True)


async def fills_callback(request: Request, services: Services) -> Reply:
    """Show the latest fills of the campaign of the button."""
    fills, symbols = await services.campaigns.fills(request.target, int(request.arguments[0]))
    return Reply(text=texts.fills_text(fills, symbols, services.chain, locale=request.locale))


async def _list(request: Request, services: Services) -> Reply:
    campaigns = (await services.campaigns.of(request.target))[: texts.MAX_SHOWN]
    labels = {one.wallet: one.label for one in await services.watches.of(request.target)}
    keyboard = paper_keyboard(
        services.callbacks,
        campaigns,
        chat_id=request.target.chat_id,
        may_change=not request.is_read_only,
    )
    markup = None if keyboard is None else InlineKeyboardMarkup.de_json({**keyboard})
    return Reply(text=texts.paper_text(campaigns, labels, locale=request.locale), keyboard=markup)
