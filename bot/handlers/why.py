"""/why, and the buttons Why and Less like this: show which gate decided, and how to change it."""

import re

from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.parsing.labels import matching_watches
from bot.services.services import Services
from domain.activity.addresses import is_address
from domain.alerts.kinds import rules_of, subject_of
from domain.delivery.alert_history import AlertHistory
from messaging.telegram.keyboards.less import less_keyboard
from messaging.telegram.keyboards.why import fix_keyboard
from messaging.telegram.names import wallet_name
from messaging.telegram.texts import why as texts
from messaging.telegram.texts.alert import subject_mint

_SIGNATURE = re.compile(r"[1-9A-HJ-NP-Za-km-z]{64,90}")


async def why(request: Request, services: Services) -> Reply:
    """Explain the alert that the message names or replies to."""
    words = request.words.strip()
    if not words:
        if not request.reply_to:
            return Reply(text=texts.usage())
        history = await services.alert_history.of_message(request.target, request.reply_to)
        return (
            Reply(text=texts.no_alert()) if history is None else await _explained(request, services, history)
        )
    signature = _SIGNATURE.search(words)
    if signature is not None:
        return await _of_transaction(request, services, signature.group())
    return await _of_address(request, services, words)


async def why_callback(request: Request, services: Services) -> Reply:
    """Explain the alert above the button; of several alerts in one message the latest."""
    history = await services.alert_history.of_message(request.target, request.message_id)
    return Reply(note=texts.no_alert()) if history is None else await _explained(request, services, history)


async def less_callback(request: Request, services: Services) -> Reply:
    """Offer rules by which fewer alerts like the one above the button come."""
    history = await services.alert_history.of_message(request.target, request.message_id)
    if history is None or history.watch_id is None:
        return Reply(note=texts.no_alert())
    keyboard = less_keyboard(
        services.callbacks,
        chat_id=request.target.chat_id,
        watch_id=history.watch_id,
        sort=rules_of(history.event).sort(history.event),
        mint=subject_mint(history.event),
        usd=None if history.delivery is None else history.delivery.reasons.usd,
    )
    name = wallet_name(history.label, subject_of(history.event))
    return Reply(text=texts.ask_less(name), keyboard=keyboard)


async def _of_transaction(request: Request, services: Services, signature: str) -> Reply:
    history = await services.alert_history.of_transaction(request.target, signature)
    if history is not None:
        return await _explained(request, services, history)
    reason = await services.alert_history.why_unreadable(signature)
    if reason is not None:
        return Reply(text=texts.unreadable(reason))
    return Reply(text=texts.not_seen((await services.system_status.snapshot()).slot))


async def _of_address(request: Request, services: Services, words: str) -> Reply:
    """Explain the latest alert of a wallet, by name or address, else of a token."""
    followed = matching_watches(await services.watches.of(request.target), words)
    address = followed[0].wallet if followed else words
    if not is_address(address):
        return Reply(text=texts.usage())
    history = await services.alert_history.of_wallet(request.target, address)
    if history is None and not followed:
        history = await services.alert_history.of_token(request.target, address)
    if history is not None:
        return await _explained(request, services, history)
    if not followed:
        return Reply(text=texts.nothing_of_token())
    name = wallet_name(followed[0].label, address)
    slot = (await services.system_status.snapshot()).slot
    return Reply(text=texts.nothing_of_wallet(name, slot, is_followed=True))


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
    )
    symbols = await services.alert_history.symbols(history)
    return Reply(text=texts.why_text(history, symbols), keyboard=keyboard)
