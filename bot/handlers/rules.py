"""/rules and its buttons: which alerts come, of one wallet or of all."""

from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.parsing.labels import leading_name
from bot.parsing.rules import Change, parse_change
from bot.services.services import Services
from domain.rules.rules import NO_RULES, effective
from domain.rules.watches import Watch
from messaging.telegram.keyboards.rules import rules_keyboard
from messaging.telegram.texts import rules as texts
from messaging.telegram.texts import watches as watch_texts


async def rules(request: Request, services: Services) -> Reply:
    """Show the rules of the wallet that the message names, or of all wallets; change one if it says so."""
    found, rest = leading_name(await services.watches.of(request.target), request.words)
    if len(found) > 1:
        return Reply(text=watch_texts.ambiguous(request.words[:40]))
    watch = found[0] if found else None
    if rest:
        return await _changed(request, services, watch, rest)
    return await _rules_card(request, services, watch)


async def rule_callback(request: Request, services: Services) -> Reply:
    """Change the rule of the button and show all of them in its place."""
    watch_id, *words = request.arguments
    watch = (
        await services.watches.by_id(int(watch_id), chat_id=request.target.chat_id) if int(watch_id) else None
    )
    if watch is None and int(watch_id):
        return Reply(note=watch_texts.gone())
    return await _changed(request, services, watch, " ".join(words), in_place=True)


async def _changed(
    request: Request, services: Services, watch: Watch | None, words: str, *, in_place: bool = False
) -> Reply:
    settings = await services.rules.settings(request.target.chat_id)
    change = parse_change(words, NO_RULES if watch is None else settings.rules)
    if not await _apply(request, services, watch, change):
        return Reply(note=watch_texts.gone()) if in_place else Reply(text=watch_texts.gone())
    fresh = None if watch is None else await services.watches.by_id(watch.watch_id, chat_id=watch.chat_id)
    return await _rules_card(request, services, fresh, in_place=in_place)


async def _apply(request: Request, services: Services, watch: Watch | None, change: Change) -> bool:
    if watch is None:
        await services.rules.change_chat_rules(request.target, change)
        return True
    return await services.rules.change_rules(watch, change)


async def _rules_card(
    request: Request, services: Services, watch: Watch | None, *, in_place: bool = False
) -> Reply:
    chat_id = request.target.chat_id
    settings = await services.rules.settings(chat_id)
    counting = settings.rules if watch is None else effective(watch.rules, settings.rules)
    watch_id = 0 if watch is None else watch.watch_id
    keyboard = rules_keyboard(services.callbacks, counting, chat_id=chat_id, watch_id=watch_id)
    return Reply(text=texts.rules_text(watch, counting), keyboard=keyboard, in_place=in_place)
