"""/why, and the buttons Why and Less: show which gate decided, and how to change it."""

import re
from collections.abc import Sequence

from msgspec import structs
from telegram import InlineKeyboardMarkup

from bot.dialog.choice import ask_token, ask_wallet, mints_named
from bot.dialog.request import Reply, Request
from bot.parsing.labels import matching_watches
from domain.activity.addresses import signature_in
from domain.alerts.kinds import rules_of, subject_of
from domain.delivery.facts import AlertHistory
from domain.rules.rules import Watch, distinguish
from messaging.telegram.escaping import plain
from messaging.telegram.keyboards.why import Event, fix_keyboard, less_keyboard, with_pages
from messaging.telegram.names import wallet_name
from messaging.telegram.texts import why as texts
from messaging.telegram.texts.alert import subject_mint
from messaging.telegram.texts.living_history import pages_of, position_text
from runtime import clock
from services.services import Services

_SEVERAL = 2
_SIGNATURE = re.compile(r"[1-9A-HJ-NP-Za-km-z]{64,90}")


async def why(request: Request, services: Services) -> Reply:
    """Explain the alert that the message names or replies to."""
    words = request.words.strip()
    if not words:
        if not request.reply_to:
            return Reply(text=texts.usage(locale=request.locale))
        found = await _of_message(request, services, request.reply_to)
        return Reply(text=texts.no_alert(locale=request.locale)) if found is None else found
    signature = signature_in(words) or _odd_signature(words)
    if signature is not None:
        return await _of_transaction(request, services, signature)
    return await _of_named(request, services, words)


async def why_callback(request: Request, services: Services) -> Reply:
    """Explain the alert above the button; of several alerts in one message the latest."""
    found = await _of_message(request, services, request.message_id)
    return Reply(note=texts.no_alert(locale=request.locale)) if found is None else found


async def _of_message(request: Request, services: Services, message_id: int) -> Reply | None:
    """Explain the latest alert in a message; of a position each event is listed. None: it is no alert."""
    history = await services.alert_history.of_message(request.target, message_id)
    if history is None:
        return None
    reply = await _explained(request, services, history)
    events = await services.alert_history.position_of_message(request.target, message_id)
    if len(events) < _SEVERAL:
        return reply
    fix = reply.keyboard if isinstance(reply.keyboard, InlineKeyboardMarkup) else None
    listed = await _page_of(request, services, message_id, events, keyboard=fix)
    return structs.replace(listed, text=f"{listed.text}\n\n{reply.text}", reply_to=reply.reply_to)


async def page_callback(request: Request, services: Services) -> Reply:
    """Another page of the events of a position, in place of the one before."""
    page, message_id = (int(one) for one in request.arguments)
    events = await services.alert_history.position_of_message(request.target, message_id)
    page = max(0, min(page, pages_of(events) - 1))
    found = (
        await _page_of(request, services, message_id, events, page=page)
        if page
        else await _of_message(request, services, message_id)
    )
    if found is None:
        return Reply(note=texts.no_alert(locale=request.locale))
    return structs.replace(found, in_place=True, reply_to=0)


async def _page_of(
    request: Request,
    services: Services,
    message_id: int,
    events: Sequence[AlertHistory],
    *,
    page: int = 0,
    keyboard: InlineKeyboardMarkup | None = None,
) -> Reply:
    symbols = await services.alert_history.symbols(events[-1])
    return Reply(
        text=position_text(events, symbols, clock.now(), page=page, locale=request.locale),
        keyboard=with_pages(
            keyboard,
            services.callbacks,
            page=page,
            pages=pages_of(events),
            message_id=message_id,
            chat_id=request.target.chat_id,
        ),
    )


async def less_callback(request: Request, services: Services) -> Reply:
    """Offer rules by which fewer alerts like the one above the button come."""
    history = await services.alert_history.of_message(request.target, request.message_id)
    if history is None or history.watch_id is None:
        return Reply(note=texts.no_alert(locale=request.locale))
    watches = await services.watches.of(request.target)
    watch = next((one for one in watches if one.watch_id == history.watch_id), None)
    label = history.label if watch is None else distinguish(watches, watch).label
    name, mint = wallet_name(label, subject_of(history.event)), subject_mint(history.event)
    event = Event(
        watch_id=history.watch_id,
        wallet=plain(name),
        sort=rules_of(history.event).sort(history.event),
        mint=mint,
        token=""
        if mint is None
        else plain(await services.alert_history.token_name(mint, locale=request.locale)),
        usd=None if history.delivery is None else history.delivery.reasons.usd,
    )
    keyboard = less_keyboard(services.callbacks, event, chat_id=request.target.chat_id, locale=request.locale)
    return Reply(text=texts.ask_less(locale=request.locale), keyboard=keyboard)


async def _of_transaction(request: Request, services: Services, signature: str) -> Reply:
    history = await services.alert_history.of_transaction(request.target, signature)
    if history is not None:
        return await _explained(request, services, history)
    reason = await services.alert_history.why_unreadable(signature)
    if reason is not None:
        return Reply(text=texts.unreadable(reason, locale=request.locale))
    return Reply(text=texts.not_seen((await services.system_status.snapshot()).slot, locale=request.locale))


async def _of_named(request: Request, services: Services, words: str) -> Reply:
    """Explain the latest alert of a wallet, by name or address, else of a token, by symbol or mint."""
    watches = await services.watches.of(request.target)
    followed = matching_watches(watches, words)
    if len(followed) > 1:
        return await ask_wallet(structs.replace(request, command="why"), services, followed, among=watches)
    if followed:
        return await _of_wallet(request, services, distinguish(watches, followed[0]))
    mints = await mints_named(request, services, words)
    if not mints:
        return Reply(text=texts.usage(locale=request.locale))
    if len(mints) > 1:
        return await ask_token(structs.replace(request, command="why"), services, words, mints)
    history = await services.alert_history.of_wallet(request.target, mints[0])
    history = history or await services.alert_history.of_token(request.target, mints[0])
    if history is None:
        return Reply(text=texts.nothing_of_token(locale=request.locale))
    return await _explained(request, services, history)


async def _of_wallet(request: Request, services: Services, watch: Watch) -> Reply:
    history = await services.alert_history.of_wallet(request.target, watch.wallet)
    if history is not None:
        return await _explained(request, services, history)
    slot = (await services.system_status.snapshot()).slot
    name = wallet_name(watch.label, watch.wallet)
    return Reply(text=texts.nothing_of_wallet(name, slot, is_followed=True, locale=request.locale))


def _odd_signature(words: str) -> str | None:
    """A word as long as a signature, which the chain may know all the same."""
    found = _SIGNATURE.search(words)
    return None if found is None else found.group()


async def _explained(request: Request, services: Services, history: AlertHistory) -> Reply:
    delivery = history.delivery
    keyboard = fix_keyboard(
        services.callbacks,
        None if delivery is None else delivery.gate,
        chat_id=request.target.chat_id,
        watch_id=history.watch_id,
        wallet=subject_of(history.event),
        sort=rules_of(history.event).sort(history.event),
        mint=subject_mint(history.event),
        locale=request.locale,
    )
    symbols = await services.alert_history.symbols(history)
    message_id = None if delivery is None else delivery.message_id
    text = texts.why_text(history, symbols, clock.now(), locale=request.locale)
    return Reply(text=text, keyboard=keyboard, reply_to=message_id or 0)
