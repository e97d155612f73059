"""A chat keeps no more lists than may be."""

import pytest

from storage.chats.shared_lists import MAX_LISTS, NewList, SharedWallet, add_list, read_list
from storage.postgres import Database
from tests.storage.sample_data import ALICE, WHALE, follow

pytestmark = pytest.mark.services


async def test_a_new_list_beyond_the_limit_takes_the_oldest_away(database: Database) -> None:
    await follow(database, ALICE)
    new = NewList(
        chat_id=ALICE, owner_id=ALICE, owner_name="A", wallets=[SharedWallet(WHALE, "Moby")], days=1
    )
    first = await add_list(database, new)
    for _ in range(MAX_LISTS - 1):
        last = await add_list(database, new)
    assert await read_list(database, first) is not None
    await add_list(database, new)
    assert await read_list(database, first) is None
    assert await read_list(database, last) is not None
