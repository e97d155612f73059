"""What a chat hears nothing of."""

import pytest

from domain.activity.activity import SOL, WRAPPED_SOL
from domain.chats import ChatTarget
from domain.errors import BadInput
from domain.rules.rules import FOREVER, FOREVER_SECONDS, MAX_TOKENS
from services.acts import mutes
from services.services import Services
from tests.bot.conftest import OTHER_WHALE, WHALE

pytestmark = pytest.mark.services


async def test_a_pause_ends_at_its_time_or_never(services: Services, target: ChatTarget) -> None:
    assert await mutes.pause(services, target, 60) is not None
    assert await mutes.pause(services, target, FOREVER_SECONDS) == FOREVER
    assert await mutes.pause(services, target, 0) is None
    assert (await services.rules.settings(target.chat_id)).paused_until is None


async def test_wrapped_sol_is_muted_as_sol(services: Services, target: ChatTarget) -> None:
    await mutes.mute_token(services, target, WRAPPED_SOL, 60)
    assert (await services.rules.settings(target.chat_id)).muted_tokens.keys() == {SOL}


async def test_so_many_tokens_can_be_muted_and_no_more(services: Services, target: ChatTarget) -> None:
    for number in range(MAX_TOKENS):
        await mutes.mute_token(services, target, f"mint{number}", 60)
    with pytest.raises(BadInput):
        await mutes.mute_token(services, target, "one more", 60)
    assert await mutes.mute_token(services, target, "mint0", 0) is None


async def test_everything_is_unmuted_at_once(services: Services, target: ChatTarget) -> None:
    await services.chats.open(target)
    for wallet in (WHALE, OTHER_WHALE):
        await services.watches.follow(target, wallet, "", by=1)
    first, _ = await services.watches.of(target)
    await services.watches.mute(first, 60)
    assert [watch.wallet for watch in await mutes.muted_wallets(services, target)] == [first.wallet]
    await mutes.mute_token(services, target, WHALE, 60)
    await mutes.pause(services, target, 60)
    await mutes.unmute_all(services, target)
    settings = await services.rules.settings(target.chat_id)
    assert (settings.paused_until, settings.muted_tokens) == (None, {})
    assert await mutes.muted_wallets(services, target) == []
