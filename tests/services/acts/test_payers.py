"""Who pays for a group, and who gives it up: the limits of both count again."""

import pytest

from domain.chats import ChatKind, ChatTarget
from services.acts.groups import UNCONFIRMED, confirm
from services.acts.payers import give_up, pays, take_over
from services.services import Services
from services.wallet_lists import NamedWallet
from tests.storage.sample_data import WHALE

pytestmark = pytest.mark.services
GROUP = ChatTarget(chat_id=-9, kind=ChatKind.SUPERGROUP, title="Club")
PAYER = ChatTarget(chat_id=7, kind=ChatKind.PRIVATE, title="Ada")


async def test_who_gives_a_group_up_pays_no_more(services: Services) -> None:
    assert await services.chats.confirm(GROUP, payer_id=7)
    assert await pays(services, GROUP.chat_id, 7)
    assert not await pays(services, GROUP.chat_id, 0)
    assert [one.title for one in await give_up(services, 7)] == ["Club"]
    assert not await pays(services, GROUP.chat_id, 7)
    assert await give_up(services, 7) == []


async def why_silent(services: Services) -> str | None:
    standing = await services.chats.standing(GROUP.chat_id)
    return None if standing is None else standing.reason


async def test_where_the_payer_is_banned_the_group_is_silent_until_another_confirms(
    services: Services,
) -> None:
    await services.chats.open(PAYER)
    assert await services.chats.confirm(GROUP, payer_id=PAYER.chat_id)
    await services.watches.follow_many(GROUP, [NamedWallet(address=WHALE)], by=PAYER.chat_id, limit=5)
    await services.people.ban(PAYER.chat_id, "spam", by=1)
    assert [one.title for one in await give_up(services, PAYER.chat_id)] == ["Club"]
    assert await why_silent(services) == UNCONFIRMED
    assert not await confirm(services, GROUP, by=PAYER.chat_id)
    assert not await take_over(services, GROUP, by=PAYER.chat_id)
    assert await services.people.unban(PAYER.chat_id)
    assert await why_silent(services) == UNCONFIRMED, "an admin confirms anew"
    assert await services.chats.confirm(GROUP, payer_id=8)
    assert await why_silent(services) is None
    assert [one.wallet for one in await services.watches.of(GROUP)] == [WHALE]


async def test_where_the_payer_deletes_everything_the_group_keeps_its_wallets_and_is_silent(
    services: Services,
) -> None:
    await services.chats.open(PAYER)
    assert await services.chats.confirm(GROUP, payer_id=PAYER.chat_id)
    for target in (PAYER, GROUP):
        await services.watches.follow_many(target, [NamedWallet(address=WHALE)], by=PAYER.chat_id, limit=5)
    assert [one.title for one in await give_up(services, PAYER.chat_id)] == ["Club"]
    await services.people.forget(PAYER.chat_id)
    assert await services.people.file(PAYER.chat_id) is None
    assert await services.watches.of(PAYER) == []
    assert await why_silent(services) == UNCONFIRMED
    assert await services.chats.payer(GROUP.chat_id) is None
    assert [one.wallet for one in await services.watches.of(GROUP)] == [WHALE]
