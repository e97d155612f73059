"""/why, and the buttons Why and Less like this: which gate decided, and how to change it."""

import re

from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.parsing.labels import meant
from bot.services.services import Services
from domain.activity.addresses import is_address
from domain.rules.lanes import Lane
from domain.rules.reasons import NO_REASONS
from messaging.telegram.keyboards.less import less_keyboard
from messaging.telegram.keyboards.why import fix_keyboard
from messaging.telegram.names import wallet_name
from messaging.telegram.texts import why as texts
from messaging.telegram.texts.alert import subject_mint
from messaging.telegram.texts.why import WhyFacts, why_text
from storage.delivery.alert_history import Story, Told

_SIGNATURE = re.compile(r"[1-9A-HJ-NP-Za-km-z]{64,90}")


async def why(request: Request, services: Services) -> Reply:
    """Replay what the message names, or the alert that it answers."""
    words = request.words.strip()
    if not words:
        if not request.reply_to:
            return Reply(text=texts.usage())
        story = await services.alert_history.of_message(request.target, request.reply_to)
        return Reply(text=texts.no_alert()) if story is None else await _told(request, services, story)
    signature = _SIGNATURE.search(words)
    if signature is not None:
        return await _of_transaction(request, services, signature.group())
    return await _of_address(request, services, words)


async def why_callback(request: Request, services: Services) -> Reply:
    """Replay what the message above the button tells; of many events the latest."""
    story = await services.alert_history.of_message(request.target, request.message_id)
    return Reply(note=texts.no_alert()) if story is None else await _told(request, services, story)


async def less_callback(request: Request, services: Services) -> Reply:
    """Offer what could be told less of what the message above the button tells."""
    story = await services.alert_history.of_message(request.target, request.message_id)
    if story is None or story.watch_id is None:
        return Reply(note=texts.no_alert())
    keyboard = less_keyboard(
        services.callbacks,
        chat_id=request.target.chat_id,
        watch_id=story.watch_id,
        kind=story.activity.kind,
        mint=subject_mint(story.activity),
        usd=None if story.told is None else story.told.reasons.usd,
    )
    name = wallet_name(story.label, story.activity.wallet)
    return Reply(text=texts.ask_less(name), keyboard=keyboard)


async def _of_transaction(request: Request, services: Services, signature: str) -> Reply:
    story = await services.alert_history.of_transaction(request.target, signature)
    if story is not None:
        return await _told(request, services, story)
    reason = await services.alert_history.why_unreadable(signature)
    if reason is not None:
        return Reply(text=texts.unreadable(reason))
    return Reply(text=texts.not_seen((await services.system_status.snapshot()).slot))


async def _of_address(request: Request, services: Services, words: str) -> Reply:
    """A wallet by name or address, else a token."""
    followed = meant(await services.watches.of(request.target), words)
    address = followed[0].wallet if followed else words
    if not is_address(address):
        return Reply(text=texts.usage())
    story = await services.alert_history.of_wallet(request.target, address)
    if story is None and not followed:
        story = await services.alert_history.of_token(request.target, address)
    if story is not None:
        return await _told(request, services, story)
    if not followed:
        return Reply(text=texts.nothing_of_token())
    name = wallet_name(followed[0].label, address)
    slot = (await services.system_status.snapshot()).slot
    return Reply(text=texts.nothing_of_wallet(name, slot, is_followed=True))


async def _told(request: Request, services: Services, story: Story) -> Reply:
    told = story.told
    keyboard = fix_keyboard(
        services.callbacks,
        None if told is None else told.gate,
        chat_id=request.target.chat_id,
        watch_id=story.watch_id,
        wallet=story.activity.wallet,
        kind=story.activity.kind,
        mint=subject_mint(story.activity),
    )
    symbols = await services.alert_history.symbols(story)
    return Reply(text=why_text(_facts(story, told, symbols)), keyboard=keyboard)


def _facts(story: Story, told: Told | None, symbols: dict[str, str | None]) -> WhyFacts:
    return WhyFacts(
        activity=story.activity,
        label=story.label,
        symbols=symbols,
        happened_at=story.happened_at,
        decided=story.decided,
        reverted=story.reverted,
        is_followed=story.watch_id is not None,
        followed_at=story.followed_at,
        gate=None if told is None else told.gate,
        state=None if told is None else told.state,
        reasons=NO_REASONS if told is None else told.reasons,
        due_at=None if told is None else told.due_at,
        is_urgent=told is not None and told.lane is Lane.URGENT,
        attempts=0 if told is None else told.attempts,
        ambiguous_sends=0 if told is None else told.ambiguous_sends,
        error=None if told is None else told.error,
        finished_at=None if told is None else told.finished_at,
        digest_state=None if told is None else told.digest_state,
        digest_at=None if told is None else told.digest_at,
    )
