"""Lists behind a link: sealed, expiring, revocable by their chat alone."""

import pytest

from domain.chats import ChatTarget
from services.services import Services
from storage.postgres import Database
from tests.bot.conftest import OTHER_WHALE, WHALE

pytestmark = pytest.mark.services


async def shared(services: Services, target: ChatTarget) -> tuple[int, str]:
    await services.chats.open(target)
    await services.watches.follow(target, WHALE, "Moby", by=1)
    await services.watches.follow(target, OTHER_WHALE, "", by=1)
    watches = await services.watches.of(target)
    return await services.shared_lists.share(target, watches, by=1, name="Alice")


async def test_a_list_opens_by_its_own_link_alone(services: Services, target: ChatTarget) -> None:
    list_id, parameter = await shared(services, target)
    assert len(parameter) <= 64
    found = await services.shared_lists.open(parameter)
    assert found is not None
    assert [(one.address, one.label) for one in found.wallets] == [(WHALE, "Moby"), (OTHER_WHALE, "")]
    assert found.owner_name == ""
    other = services.shared_lists.parameter(list_id + 1)
    assert await services.shared_lists.open(other) is None
    assert await services.shared_lists.open(parameter.replace("l", "l1", 1)) is None


async def test_only_its_owner_names_it_and_only_its_chat_revokes_it(
    services: Services, target: ChatTarget
) -> None:
    list_id, parameter = await shared(services, target)
    store = services.shared_lists
    assert not await store.name_owner(list_id, by=2, is_named=True)
    assert await store.name_owner(list_id, by=1, is_named=True)
    found = await store.open(parameter)
    assert found is not None
    assert found.owner_name == "Alice"
    assert not await store.revoke(list_id, chat_id=target.chat_id + 1)
    assert await store.revoke(list_id, chat_id=target.chat_id)
    assert await store.open(parameter) is None


async def test_an_expired_list_does_not_open(
    services: Services, target: ChatTarget, database: Database
) -> None:
    _, parameter = await shared(services, target)
    await database.execute("UPDATE shared_lists SET expires_at = now()")
    assert await services.shared_lists.open(parameter) is None
