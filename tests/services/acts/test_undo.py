"""What a tap within a minute takes back."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from domain.chats import ChatTarget
from domain.errors import BadInput
from domain.rules.rules import Rules, Watch
from runtime import clock
from services.acts import mutes, undo
from services.services import Services
from tests.bot.conftest import OTHER_WHALE, WHALE

pytestmark = pytest.mark.services
STRICT = Rules(min_usd=Decimal(1000))


@pytest.fixture
async def watch(services: Services, target: ChatTarget) -> Watch:
    await services.chats.open(target)
    await services.watches.follow(target, WHALE, "Moby", by=1)
    (followed,) = await services.watches.of(target)
    await services.rules.change_rules(followed, lambda _: STRICT)
    (followed,) = await services.watches.of(target)
    return followed


async def restore(services: Services, target: ChatTarget, before: undo.Before) -> None:
    key = await undo.keep(services, target.chat_id, before)
    assert key is not None
    assert await undo.undo(services, target, key, by=1)


async def test_an_unfollowed_wallet_comes_back_with_name_and_rules_however_often_one_presses(
    services: Services, target: ChatTarget, watch: Watch
) -> None:
    key = await undo.unfollow(services, watch)
    assert key
    assert await undo.unfollow(services, watch) is None
    for _ in range(2):
        assert await undo.undo(services, target, key, by=1)
    (again,) = await services.watches.of(target)
    assert (again.label, again.rules) == ("Moby", STRICT)


async def test_a_wallet_does_not_come_back_beyond_the_limit(
    services: Services, target: ChatTarget, watch: Watch
) -> None:
    key = await undo.unfollow(services, watch)
    people = services.people
    limited = replace(services, people=replace(people, tiers=replace(people.tiers, watches={"free": 1})))
    await services.watches.follow(target, OTHER_WHALE, "", by=1)
    with pytest.raises(BadInput, match="limit of 1"):
        await undo.undo(limited, target, key or "", by=1)
    assert [one.wallet for one in await services.watches.of(target)] == [OTHER_WHALE]


async def test_a_wallet_that_was_blocked_meanwhile_does_not_come_back(
    services: Services, target: ChatTarget, watch: Watch
) -> None:
    key = await undo.unfollow(services, watch)
    await services.people.ban_wallet(watch.chain, WHALE, "scam", by=9)
    with pytest.raises(BadInput, match="blocked this wallet"):
        await undo.undo(services, target, key or "", by=1)
    assert await services.watches.of(target) == []


async def test_rules_come_back(services: Services, target: ChatTarget, watch: Watch) -> None:
    await services.rules.change_rules(watch, lambda _: Rules())
    await restore(services, target, undo.WatchRules(watch_id=watch.watch_id, rules=STRICT))
    (again,) = await services.watches.of(target)
    assert again.rules == STRICT
    await restore(services, target, undo.ChatRules(rules=STRICT))
    assert (await services.rules.settings(target.chat_id)).rules == STRICT


async def test_mutes_come_back(services: Services, target: ChatTarget, watch: Watch) -> None:
    until = clock.now() + timedelta(hours=1)
    await restore(services, target, undo.WalletMute(watch_id=watch.watch_id, until=until))
    (muted,) = await mutes.muted_wallets(services, target)
    assert muted.muted_until is not None
    assert abs(muted.muted_until - until) < timedelta(seconds=5)
    await restore(services, target, undo.WalletMute(watch_id=watch.watch_id))
    assert await mutes.muted_wallets(services, target) == []
    await restore(services, target, undo.TokenMute(mint="mint", until=until))
    assert (await services.rules.settings(target.chat_id)).muted_tokens == {"mint": until}
    await restore(services, target, undo.TokenMute(mint="mint"))
    assert (await services.rules.settings(target.chat_id)).muted_tokens == {}


async def test_an_unknown_key_is_too_late(services: Services, target: ChatTarget) -> None:
    assert not await undo.undo(services, target, "nothing", by=1)
