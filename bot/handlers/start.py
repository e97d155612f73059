"""/start and the time zones on its screen: greets, and opens a chat that had blocked the bot."""

import msgspec
from msgspec import structs

from bot.dialog.choice import Choice, Option, ask_choice
from bot.dialog.group_payers import ask_take_over
from bot.dialog.request import Reply, Request, SlowQuestion
from bot.parsing.times import parse_zone
from bot.parsing.zones import guessed_zone, likely_zones
from domain.activity.addresses import short
from domain.jobs import QuestionKind
from domain.rules.rules import DEFAULT_SETTINGS
from domain.tokens.candles import ChartRange
from messaging.telegram.charts.shapes import Theme
from messaging.telegram.keyboards.addresses import address_keyboard, examples_keyboard
from messaging.telegram.keyboards.groups import accept_keyboard
from messaging.telegram.keyboards.start import with_zones, without_zones
from messaging.telegram.keyboards.token import chart_code
from messaging.telegram.texts import greetings as texts
from messaging.telegram.texts import groups as group_texts
from messaging.telegram.texts import share as share_texts
from messaging.telegram.texts.token import reading_price
from messaging.telegram.texts.watches import pasted
from runtime import clock
from services.acts import groups
from services.acts.languages import speak
from services.acts.links import Link, TokenLink, WalletLink, read_link
from services.services import Services
from storage.chats.shared_lists import SharedList

MAX_OFFERED = 3
"""Whales on the first screen."""


async def greet(request: Request, services: Services) -> Reply:
    """Greet, offer example whales, and ask for the time zone where it cannot be guessed."""
    await services.chats.open(request.target)
    if request.target.is_private:
        request = structs.replace(request, locale=await speak(services, request.target, request.language))
    link = await read_link(services, request.words.strip()) if request.target.is_private else None
    if link is not None:
        return await _followed(request, services, link)
    if not request.target.is_private:
        return Reply(text=texts.group_greeting(locale=request.locale))
    watches = await services.watches.of(request.target)
    chat_id = request.target.chat_id
    examples = examples_keyboard(
        services.callbacks, await _offered(services), chat_id=chat_id, watches=watches
    )
    zones, guessed = await _zones(request, services)
    text = texts.greeting(request.target.title, has_examples=examples is not None, locale=request.locale)
    if zones:
        text += texts.ask_zone(locale=request.locale)
    elif guessed:
        text += texts.zone_guessed(guessed, locale=request.locale)
    keyboard = with_zones(services.callbacks, examples, zones, chat_id=chat_id, now=clock.now())
    return Reply(text=text, keyboard=keyboard)


async def _offered(services: Services) -> tuple[tuple[str, str], ...]:
    """The examples, and where there are few, whales that searches found worth following."""
    missing = MAX_OFFERED - len(services.examples)
    if missing <= 0:
        return services.examples
    found = await services.whale_searches.worth_following(limit=MAX_OFFERED)
    known = {address for _, address in services.examples}
    others = [(short(address), address) for address in found if address not in known]
    return (*services.examples, *others[:missing])


async def _followed(request: Request, services: Services, link: Link) -> Reply:
    """Return what the link leads to; nothing is changed by opening it."""
    chat_id = request.target.chat_id
    if isinstance(link, WalletLink):
        keyboard = address_keyboard(
            services.callbacks, link.address, chat_id=chat_id, is_wallet=True, locale=request.locale
        )
        return Reply(text=pasted(link.address, locale=request.locale), keyboard=keyboard)
    if isinstance(link, TokenLink):
        subject = f"{link.mint} {chart_code(ChartRange.DAY, Theme.DARK)}"
        question = SlowQuestion(kind=QuestionKind.TOKEN, subject=subject)
        return Reply(text=reading_price(link.mint, locale=request.locale), question=question)
    if isinstance(link, SharedList):
        return await _offer_list(request, services, link)
    if isinstance(link, groups.GroupLink):
        return await _confirm(request, services, link)
    return Reply(text=share_texts.dead_link(locale=request.locale))


async def _offer_list(request: Request, services: Services, shared: SharedList) -> Reply:
    """Offer to follow the wallets of a shared list, with their names."""
    named = [{"address": one.address, "name": one.label} for one in shared.wallets]
    words = msgspec.json.encode(named).decode()  # no name is taken for a part of the list
    button = request.locale.ngettext("📥 Follow {number}", "📥 Follow all {number}", len(shared.wallets))
    option = Option(value=words, name=button)
    wallets = [(one.label, one.address) for one in shared.wallets]
    question = share_texts.offered(wallets, shared.owner_name, shared.expires_at, locale=request.locale)
    return await ask_choice(request, services, question, Choice(command="import", options=(option,)))


async def _confirm(request: Request, services: Services, link: groups.GroupLink) -> Reply:
    """Ask an admin to let the bot speak in their group; the button is new, however old the link is."""
    group = await groups.chat_of(services, link.chat_id)
    if link.takes_over:
        return await ask_take_over(request, services, group)
    if not await groups.is_admin(services, group.chat_id, request.user_id):
        return Reply(text=group_texts.no_admin(group.title, locale=request.locale))
    used = await services.people.limits_used(request.target.chat_id)
    text = group_texts.ask_confirm(group.title, used.watches, used.tier.watches, locale=request.locale)
    if not link.is_fresh:
        text = f"{group_texts.expired(group.title, locale=request.locale)}\n\n{text}"
    keyboard = accept_keyboard(
        services.callbacks,
        group.chat_id,
        user_id=request.user_id,
        made_at=int(clock.unix()),
        locale=request.locale,
    )
    return Reply(text=text, keyboard=keyboard)


async def zone_callback(request: Request, services: Services) -> Reply:
    """Set the time zone of the button; the greeting keeps its other buttons."""
    zone = request.arguments[0]
    await services.rules.change_settings(request.target, parse_zone(zone))
    note = texts.zone_set(zone, locale=request.locale)
    if request.buttons is None:
        return Reply(note=note)
    left = without_zones(request.buttons, services.callbacks, chat_id=request.target.chat_id)
    return Reply(note=note, keyboard=left, in_place=True)


async def _zones(request: Request, services: Services) -> tuple[tuple[str, ...], str]:
    """The zones to ask about, or the one that was guessed and set; neither: the chat has set one."""
    settings = await services.rules.settings(request.target.chat_id)
    if settings.zone != DEFAULT_SETTINGS.zone:
        return (), ""
    guessed = guessed_zone(request.language)
    if guessed is None:
        return likely_zones(request.language), ""
    await services.rules.change_settings(request.target, lambda old: structs.replace(old, zone=guessed))
    return (), guessed
