"""/rules and its buttons: which alerts come, of one wallet, of those that bear a tag, or of all."""

import re
from dataclasses import dataclass, replace

from bot.dialog.choice import ask_token, ask_wallet, mints_named
from bot.dialog.request import Reply, Request
from bot.parsing.labels import leading_name, leading_tag
from bot.parsing.rules import Change, parse_change, split_rules, token_words
from domain.errors import BadInput
from domain.rules.rules import (
    NO_RULES,
    ChatSettings,
    Rules,
    Watch,
    counting_rules,
    distinguish,
    effective,
)
from messaging.telegram.keyboards.choice import undo_keyboard
from messaging.telegram.keyboards.rules import rules_keyboard
from messaging.telegram.texts import help as help_texts
from messaging.telegram.texts import mutes as mute_texts
from messaging.telegram.texts import rules as texts
from messaging.telegram.texts import watches as watch_texts
from messaging.telegram.texts.choice import unknown_token
from services.acts import undo
from services.acts.tags import tagged
from services.services import Services

_RESET = "reset"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rules: one wallet's, those of a tag, or all wallets'."""

    watch: Watch | None = None
    tag: str = ""

    @property
    def key(self) -> int | str:
        """As buttons carry it."""
        return f"#{self.tag}" if self.tag else 0 if self.watch is None else self.watch.watch_id

    @property
    def words(self) -> str:
        """As people write it; empty: all wallets."""
        return f"#{self.tag}" if self.tag else "" if self.watch is None else self.watch.wallet

    def counting(self, settings: ChatSettings) -> Rules:
        """Return what counts."""
        if self.watch is not None:
            return counting_rules(self.watch)
        return effective(self.own(settings), settings.rules) if self.tag else settings.rules

    def own(self, settings: ChatSettings) -> Rules:
        """Return what was set for just this."""
        if self.tag:
            return settings.tag_rules.get(self.tag, NO_RULES)
        return settings.rules if self.watch is None else self.watch.rules

    def inherited(self, settings: ChatSettings) -> Rules:
        """Return what counts where nothing was set for just this."""
        if self.watch is not None:
            return counting_rules(replace(self.watch, rules=NO_RULES))
        return settings.rules if self.tag else NO_RULES


async def rules(request: Request, services: Services) -> Reply:
    """Show the rules of what the message names, or of all wallets; change some if it says so."""
    watches = await services.watches.of(request.target)
    tag, rest = leading_tag(request.words)
    found: list[Watch] = []
    if not tag:
        found, rest = leading_name(watches, request.words)
    if len(found) > 1:
        return await ask_wallet(request, services, found, among=watches, after=rest)
    scope = Scope(found[0] if found else None, tag)
    if not rest:
        return await _rules_card(request, services, scope)
    if request.is_read_only:
        raise BadInput(help_texts.admins_only(locale=request.locale))
    words = await _with_mints(request, services, scope, rest)
    return words if isinstance(words, Reply) else await _changed(request, services, scope, words)


async def rule_callback(request: Request, services: Services) -> Reply:
    """Change the rule of the button and show all of them in its place."""
    key, *words = request.arguments
    if key.startswith("#"):
        return await _changed(request, services, Scope(tag=key.removeprefix("#")), " ".join(words))
    watch = await _watch(request, services, int(key))
    if watch is None and int(key):
        return Reply(note=watch_texts.gone(locale=request.locale))
    return await _changed(request, services, Scope(watch), " ".join(words))


async def less_callback(request: Request, services: Services) -> Reply:
    """Change the rule of a button below Less, and say what comes no longer."""
    watch_id, verb, word = request.arguments
    watch = await _watch(request, services, int(watch_id))
    if watch is None:
        return Reply(note=watch_texts.gone(locale=request.locale))
    settings = await services.rules.settings(request.target.chat_id)
    await services.rules.change_rules(watch, parse_change(f"{verb} {word}", settings.rules))
    key = await undo.keep(
        services, watch.chat_id, undo.WatchRules(watch_id=watch.watch_id, rules=watch.rules)
    )
    displayed = distinguish(await services.watches.of(request.target), watch)
    keyboard = undo_keyboard(services.callbacks, key, chat_id=watch.chat_id, locale=request.locale)
    return Reply(
        text=mute_texts.less_done(displayed, verb, word, locale=request.locale),
        keyboard=keyboard,
        in_place=True,
    )


async def _watch(request: Request, services: Services, watch_id: int) -> Watch | None:
    return await services.watches.by_id(watch_id, chat_id=request.target.chat_id) if watch_id else None


async def _with_mints(request: Request, services: Services, scope: Scope, words: str) -> str | Reply:
    """The words with mints for symbols; a question if a symbol stands for several.

    Raises:
        BadInput: no token of that symbol is known.
    """
    for symbol in token_words(split_rules(words)[1]):
        mints = await mints_named(request, services, symbol)
        if not mints:
            raise BadInput(unknown_token(symbol, locale=request.locale))
        word = re.compile(rf"(?<![^\s,]){re.escape(symbol)}(?![^\s,])")
        if len(mints) > 1:
            before, after = word.split(words, maxsplit=1)
            named = f"{scope.words} {before}".strip()
            return await ask_token(request, services, symbol, mints, before=named, after=after.strip())
        words = word.sub(mints[0], words)
    return words


async def _changed(request: Request, services: Services, scope: Scope, words: str) -> Reply:
    settings = await services.rules.settings(request.target.chat_id)
    change = parse_change(words, scope.inherited(settings))
    if not await _apply(request, services, scope, change):
        return Reply(text=watch_texts.gone(locale=request.locale))
    fresh = scope
    if scope.watch is not None:
        watch = await services.watches.by_id(scope.watch.watch_id, chat_id=scope.watch.chat_id)
        fresh = Scope(watch)
    if words.split(maxsplit=1)[0].lower() != _RESET:
        return await _rules_card(request, services, fresh)
    key = await undo.keep(services, request.target.chat_id, _before(scope, settings))
    return await _rules_card(request, services, fresh, undo_key=key or "", is_reset=True)


def _before(scope: Scope, settings: ChatSettings) -> undo.Before:
    own = scope.own(settings)
    if scope.tag:
        return undo.TagRules(name=scope.tag, rules=own)
    if scope.watch is None:
        return undo.ChatRules(rules=own)
    return undo.WatchRules(watch_id=scope.watch.watch_id, rules=own)


async def _apply(request: Request, services: Services, scope: Scope, change: Change) -> bool:
    if scope.watch is not None:
        return await services.rules.change_rules(scope.watch, change)
    if scope.tag:
        await services.rules.change_tag_rules(request.target, scope.tag, change)
    else:
        await services.rules.change_chat_rules(request.target, change)
    return True


async def _rules_card(
    request: Request, services: Services, scope: Scope, *, undo_key: str = "", is_reset: bool = False
) -> Reply:
    chat_id = request.target.chat_id
    settings = await services.rules.settings(chat_id)
    counting = scope.counting(settings)
    every = await services.watches.of(request.target)
    watches = tagged(every, scope.tag) if scope.tag else every
    displayed = None if scope.watch is None else distinguish(every, scope.watch)
    rehearsal = await services.alert_history.rehearsal(watches if scope.watch is None else [scope.watch])
    keyboard = rules_keyboard(
        services.callbacks,
        counting,
        chat_id=chat_id,
        about=scope.key,
        undo_key=undo_key,
        rehearsal=rehearsal,
        locale=request.locale,
    )
    busiest = next((one for one in every if one.watch_id == rehearsal.busiest), None)
    last_week = texts.rehearsal_text(rehearsal, busiest, locale=request.locale)
    if scope.watch is None and last_week:
        patterns = await services.alert_history.patterns(watches, settings.patterns)
        last_week += texts.patterns_counted(sum(patterns.values()), locale=request.locale)
    text = texts.rules_text(
        displayed, counting, tag=scope.tag, is_reset=is_reset, last_week=last_week, locale=request.locale
    )
    if scope.watch is None:
        text += texts.in_all_topics(request.target.topic_id, locale=request.locale)
    return Reply(text=text, keyboard=None if request.is_read_only else keyboard, in_place=True)
