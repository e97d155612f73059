"""The own addresses of chats, by their service."""

import pytest

from domain.chats import ChatTarget
from services.services import Services
from services.stores.own_wallets import OwnWalletStore
from tests.storage.sample_data import WHALE

pytestmark = pytest.mark.services


async def test_one_is_added_listed_and_removed(services: Services, target: ChatTarget) -> None:
    store: OwnWalletStore = services.own_wallets
    assert await store.add(target, WHALE)
    assert [one.address for one in await store.of(target)] == [WHALE]
    assert await store.remove(target, WHALE)
    assert not await store.remove(target, WHALE)
