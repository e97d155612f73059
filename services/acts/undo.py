"""Undo: keeps the state before a change, and restores it within a minute."""

from datetime import datetime

import msgspec

from domain.chats import ChatTarget
from domain.errors import BadInput
from domain.rules.rules import ChatSettings, Rules, Watch
from runtime import clock
from services.acts import mutes
from services.services import Services
from services.wallet_lists import NamedWallet

UNDO_SECONDS = 60


class Unfollowed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A wallet that was followed.

    `{"type": "Unfollowed", "wallet": "86xC…", "label": "Moby", "rules": {}, "tags": ["degen"]}`.
    """

    wallet: str
    label: str
    rules: Rules
    muted_until: datetime | None = None
    tags: tuple[str, ...] = ()


class WatchRules(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The rules of a watch before they were changed.

    `{"type": "WatchRules", "watch_id": 5, "rules": {"min_usd": "1000"}}`.
    """

    watch_id: int
    rules: Rules


class ChatRules(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The rules for all wallets of a chat before they were changed.

    `{"type": "ChatRules", "rules": {"min_usd": "1000"}}`.
    """

    rules: Rules


class TagRules(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The rules of a tag before they were changed.

    `{"type": "TagRules", "name": "degen", "rules": {"min_usd": "1000"}}`.
    """

    name: str
    rules: Rules


class TagMute(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Until when a tag was muted.

    `{"type": "TagMute", "name": "degen", "until": "2026-11-30T12:00:00Z"}`.
    """

    name: str
    until: datetime | None = None


class TokenMute(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Until when a token was muted.

    `{"type": "TokenMute", "mint": "EKpQ…", "until": "2026-11-30T12:00:00Z"}`.
    """

    mint: str
    until: datetime | None = None


class WalletMute(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Until when a wallet was muted.

    `{"type": "WalletMute", "watch_id": 5, "until": null}`.
    """

    watch_id: int
    until: datetime | None = None


Before = Unfollowed | WatchRules | ChatRules | TagRules | TagMute | TokenMute | WalletMute


async def keep(services: Services, chat_id: int, before: Before) -> str | None:
    """Keep what was before a change for a minute; the key of its button, None without Redis.

    Args:
        services: whose memos keep it.
        chat_id: where the button stands.
        before: what the button restores; it must fit the change that follows.
    """
    return await services.memos.keep(chat_id, msgspec.json.encode(before).decode(), seconds=UNDO_SECONDS)


async def unfollow(services: Services, watch: Watch) -> str | None:
    """Stop following a wallet; the key that takes it back, empty without Redis; None: it was not followed."""
    if not await services.watches.unfollow(watch):
        return None
    before = Unfollowed(
        wallet=watch.wallet,
        label=watch.label,
        rules=watch.rules,
        muted_until=watch.muted_until,
        tags=watch.tags,
    )
    return await keep(services, watch.chat_id, before) or ""


async def undo(services: Services, target: ChatTarget, key: str, *, by: int) -> bool:
    """Put back what was before; false if its minute is over.

    Args:
        services: hold what was changed.
        target: the chat and topic in which it was changed.
        key: the one that `keep` gave.
        by: the person who asked.

    Raises:
        BadInput: the wallet may not be followed any more.
    """
    text = await services.memos.read(target.chat_id, key)
    if text is None:
        return False
    await _restore(services, target, msgspec.json.decode(text, type=Before), by)
    return True


async def _restore(services: Services, target: ChatTarget, before: Before, by: int) -> None:
    if isinstance(before, Unfollowed):
        await _follow_again(services, target, before, by)
    elif isinstance(before, ChatRules):
        await services.rules.change_chat_rules(target, lambda _: before.rules)
    elif isinstance(before, TagRules):
        await services.rules.change_tag_rules(target, before.name, lambda _: before.rules)
    elif isinstance(before, TagMute):
        seconds = 0.0 if before.until is None else (before.until - clock.now()).total_seconds()
        await mutes.mute_tag(services, target, before.name, max(0.0, seconds))
    elif isinstance(before, TokenMute):
        await services.rules.change_settings(target, lambda old: _with_mute(old, before))
    else:
        watch_or_none = await services.watches.by_id(before.watch_id, chat_id=target.chat_id)
        if watch_or_none is not None and isinstance(before, WatchRules):
            await _set_rules(services, watch_or_none, before.rules)
        elif watch_or_none is not None and isinstance(before, WalletMute):
            await _set_mute(services, watch_or_none, before.until)


async def _follow_again(services: Services, target: ChatTarget, before: Unfollowed, by: int) -> None:
    limit = await services.people.watch_limit(target.chat_id)
    wallet = NamedWallet(address=before.wallet, name=before.label)
    stored = await services.watches.follow_many(target, [wallet], by=by, limit=limit)
    if stored.banned:
        raise BadInput("The operators have blocked this wallet meanwhile.")
    if stored.left_out:
        raise BadInput("Your limit of {limit} wallets is reached. Unfollow one first.", limit=limit)
    watches = await services.watches.of(target)
    watch = next((one for one in watches if one.wallet == before.wallet), None)
    if watch is not None:  # else unfollowed in that moment
        await _set_rules(services, watch, before.rules)
        await _set_mute(services, watch, before.muted_until)
        await services.watches.set_tags(watch, before.tags)


async def _set_rules(services: Services, watch: Watch, rules: Rules) -> None:
    await services.rules.change_rules(watch, lambda _: rules)


async def _set_mute(services: Services, watch: Watch, until: datetime | None) -> None:
    seconds = 0.0 if until is None else max(0.0, (until - clock.now()).total_seconds())
    await services.watches.mute(watch, seconds)


def _with_mute(settings: ChatSettings, before: TokenMute) -> ChatSettings:
    others = {mint: until for mint, until in settings.muted_tokens.items() if mint != before.mint}
    again = {} if before.until is None else {before.mint: before.until}
    return msgspec.structs.replace(settings, muted_tokens=others | again)
