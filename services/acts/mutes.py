"""Mutes of tokens, wallets and tags, and the pause of all alerts."""

from datetime import datetime, timedelta

from msgspec import structs

from domain.activity.activity import SOL, WRAPPED_SOL
from domain.chats import ChatTarget
from domain.errors import BadInput
from domain.rules.rules import FOREVER, FOREVER_SECONDS, MAX_CHAT_TAGS, MAX_TOKENS, ChatSettings, Watch
from runtime import clock
from services.services import Services


def coin_of(mint: str) -> str:
    """The name under which a mute is kept: wrapped SOL is SOL."""
    return SOL if mint == WRAPPED_SOL else mint


async def pause(services: Services, target: ChatTarget, seconds: float) -> datetime | None:
    """Stop all alerts of a chat for this long, 0: continue; until when, None: not paused.

    Args:
        services: changes the settings.
        target: the chat; the pause holds in all its topics.
        seconds: from now on; from FOREVER_SECONDS on there is no end.
    """
    until = _end(seconds)
    await services.rules.change_settings(target, lambda old: structs.replace(old, paused_until=until))
    return until


async def mute_token(services: Services, target: ChatTarget, mint: str, seconds: float) -> datetime | None:
    """Mute a token for this long, 0: unmute it; until when, None: not muted.

    Args:
        services: changes the settings.
        target: the chat; the mute holds in all its topics.
        mint: SOL and wrapped SOL are one.
        seconds: from now on; from FOREVER_SECONDS on there is no end.

    Raises:
        BadInput: too many are muted already.
    """
    until, coin, now = _end(seconds), coin_of(mint), clock.now()

    def change(old: ChatSettings) -> ChatSettings:
        still = {other: end for other, end in old.muted_tokens.items() if end > now and other != coin}
        if until is not None and len(still) >= MAX_TOKENS:
            raise BadInput("You can mute up to {limit} tokens at a time.", limit=MAX_TOKENS)
        return structs.replace(old, muted_tokens=still | ({} if until is None else {coin: until}))

    await services.rules.change_settings(target, change)
    return until


async def mute_tag(services: Services, target: ChatTarget, tag: str, seconds: float) -> datetime | None:
    """Mute the wallets that bear a tag, now or later, for this long, 0: unmute them; until when.

    Args:
        services: changes the settings.
        target: the chat; the mute holds in all its topics.
        tag: without `#`.
        seconds: from now on; from FOREVER_SECONDS on there is no end.

    Raises:
        BadInput: too many tags are muted already.
    """
    until, now = _end(seconds), clock.now()

    def change(old: ChatSettings) -> ChatSettings:
        still = {other: end for other, end in old.muted_tags.items() if end > now and other != tag}
        if until is not None and len(still) >= MAX_CHAT_TAGS:
            raise BadInput("You can mute up to {limit} tags at a time.", limit=MAX_CHAT_TAGS)
        return structs.replace(old, muted_tags=still | ({} if until is None else {tag: until}))

    await services.rules.change_settings(target, change)
    return until


async def muted_wallets(services: Services, target: ChatTarget) -> list[Watch]:
    """The wallets that are muted now."""
    now = clock.now()
    watches = await services.watches.of(target)
    return [watch for watch in watches if watch.muted_until is not None and watch.muted_until > now]


async def unmute_all(services: Services, target: ChatTarget) -> None:
    """End the pause and every mute of the chat's topic."""
    for watch in await muted_wallets(services, target):
        await services.watches.mute(watch, 0)
    await services.rules.change_settings(
        target, lambda old: structs.replace(old, paused_until=None, muted_tokens={}, muted_tags={})
    )


def _end(seconds: float) -> datetime | None:
    if not seconds:
        return None
    return FOREVER if seconds >= FOREVER_SECONDS else clock.now() + timedelta(seconds=seconds)
