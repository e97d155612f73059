"""Accounts of chats; what they do to limits stands in tests/services/test_people.py."""

import pytest

from storage.chats.tiers import account_of, alerts_this_hour, tier_of
from storage.postgres import Database
from tests.storage.sample_data import ALICE, BOB, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services


async def test_an_unknown_chat_is_its_own_account(database: Database) -> None:
    assert await account_of(database, 404) == 404
    assert await tier_of(database, 404) is None


async def test_a_payer_who_is_gone_pays_as_much_as_a_free_one(database: Database) -> None:
    await follow(database, ALICE)
    await database.execute("UPDATE chats SET payer_id = $1", BOB)
    assert await account_of(database, ALICE) == BOB
    assert await tier_of(database, ALICE) == "free"


async def test_alerts_of_this_hour_are_counted(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase(1))
    await fan_out_all(database)
    assert await alerts_this_hour(database, ALICE) == 1
    assert await alerts_this_hour(database, BOB) == 0
