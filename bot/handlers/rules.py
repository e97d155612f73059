"""/rules and its buttons: which alerts come, of one wallet or of all."""

import re

from bot.dialog.choice import ask_token, ask_wallet, mints_named
from bot.dialog.request import Reply, Request
from bot.parsing.labels import leading_name
from bot.parsing.rules import Change, parse_change, split_rules, token_words
from domain.errors import BadInput
from domain.rules.rules import NO_RULES, Watch, distinguish, effective
from messaging.telegram.keyboards.choice import undo_keyboard
from messaging.telegram.keyboards.rules import rules_keyboard
from messaging.telegram.texts import help as help_texts
from messaging.telegram.texts import rules as texts
from messaging.telegram.texts import watches as watch_texts
from messaging.telegram.texts.choice import unknown_token
from services import undo
from services.services import Services

_RESET = "reset"


async def rules(request: Request, services: Services) -> Reply:
    """Show the rules of the wallet that the message names, or of all wallets; change some if it says so."""
    watches = await services.watches.of(request.target)
    found, rest = leading_name(watches, request.words)
    if len(found) > 1:
        return await ask_wallet(request, services, found, among=watches, after=rest)
    watch = found[0] if found else None
    if not rest:
        return await _rules_card(request, services, watch)
    if request.is_read_only:
        raise BadInput(help_texts.admins_only())
    words = await _with_mints(request, services, watch, rest)
    return words if isinstance(words, Reply) else await _changed(request, services, watch, words)


async def rule_callback(request: Request, services: Services) -> Reply:
    """Change the rule of the button and show all of them in its place."""
    watch_id, *words = request.arguments
    watch = await _watch(request, services, int(watch_id))
    if watch is None and int(watch_id):
        return Reply(note=watch_texts.gone())
    return await _changed(request, services, watch, " ".join(words))


async def less_callback(request: Request, services: Services) -> Reply:
    """Change the rule of a button below Less like this, and say what comes no more."""
    watch_id, verb, word = request.arguments
    watch = await _watch(request, services, int(watch_id))
    if watch is None:
        return Reply(note=watch_texts.gone())
    settings = await services.rules.settings(request.target.chat_id)
    await services.rules.change_rules(watch, parse_change(f"{verb} {word}", settings.rules))
    key = await undo.keep(
        services, watch.chat_id, undo.WatchRules(watch_id=watch.watch_id, rules=watch.rules)
    )
    displayed = distinguish(await services.watches.of(request.target), watch)
    keyboard = undo_keyboard(services.callbacks, key, chat_id=watch.chat_id)
    return Reply(text=texts.less_done(displayed, verb, word), keyboard=keyboard, in_place=True)


async def _watch(request: Request, services: Services, watch_id: int) -> Watch | None:
    return await services.watches.by_id(watch_id, chat_id=request.target.chat_id) if watch_id else None


async def _with_mints(request: Request, services: Services, watch: Watch | None, words: str) -> str | Reply:
    """The words with mints for symbols; a question if a symbol stands for several.

    Raises:
        BadInput: no token of that symbol is known.
    """
    for symbol in token_words(split_rules(words)[1]):
        mints = await mints_named(request, services, symbol)
        if not mints:
            raise BadInput(unknown_token(symbol))
        word = re.compile(rf"(?<![^\s,]){re.escape(symbol)}(?![^\s,])")
        if len(mints) > 1:
            before, after = word.split(words, maxsplit=1)
            named = f"{watch.wallet} {before}" if watch is not None else before
            return await ask_token(
                request, services, symbol, mints, before=named.strip(), after=after.strip()
            )
        words = word.sub(mints[0], words)
    return words


async def _changed(request: Request, services: Services, watch: Watch | None, words: str) -> Reply:
    settings = await services.rules.settings(request.target.chat_id)
    change = parse_change(words, NO_RULES if watch is None else settings.rules)
    if not await _apply(request, services, watch, change):
        return Reply(text=watch_texts.gone())
    fresh = None if watch is None else await services.watches.by_id(watch.watch_id, chat_id=watch.chat_id)
    if words.split(maxsplit=1)[0].lower() != _RESET:
        return await _rules_card(request, services, fresh)
    before = (
        undo.ChatRules(rules=settings.rules)
        if watch is None
        else undo.WatchRules(watch_id=watch.watch_id, rules=watch.rules)
    )
    key = await undo.keep(services, request.target.chat_id, before)
    return await _rules_card(request, services, fresh, undo_key=key or "", is_reset=True)


async def _apply(request: Request, services: Services, watch: Watch | None, change: Change) -> bool:
    if watch is None:
        await services.rules.change_chat_rules(request.target, change)
        return True
    return await services.rules.change_rules(watch, change)


async def _rules_card(
    request: Request,
    services: Services,
    watch: Watch | None,
    *,
    undo_key: str = "",
    is_reset: bool = False,
) -> Reply:
    chat_id = request.target.chat_id
    settings = await services.rules.settings(chat_id)
    counting = settings.rules if watch is None else effective(watch.rules, settings.rules)
    watch_id = 0 if watch is None else watch.watch_id
    watches = await services.watches.of(request.target)
    displayed = None if watch is None else distinguish(watches, watch)
    rehearsal = await services.alert_history.rehearsal(watches if watch is None else [watch])
    keyboard = rules_keyboard(
        services.callbacks,
        counting,
        chat_id=chat_id,
        watch_id=watch_id,
        undo_key=undo_key,
        rehearsal=rehearsal,
    )
    busiest = next((one for one in watches if one.watch_id == rehearsal.busiest), None)
    text = texts.rules_text(
        displayed, counting, is_reset=is_reset, last_week=texts.rehearsal_text(rehearsal, busiest)
    )
    if watch is None:
        text += texts.in_all_topics(request.target.topic_id)
    return Reply(text=text, keyboard=None if request.is_read_only else keyboard, in_place=True)
