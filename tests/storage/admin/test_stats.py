"""The snapshot counts what is there, and knows what it does not know."""

import pytest

from storage.admin.stats import snapshot
from storage.ingest.activities import Batch, store
from storage.postgres import Database
from tests.storage.sample_data import ALICE, CHAIN, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services


async def test_an_empty_system_has_counts_of_zero_and_unknown_ages(database: Database) -> None:
    taken = await snapshot(database, chain=CHAIN)
    assert (taken.chats, taken.watches, taken.deliveries_due) == (0, 0, 0)
    assert (taken.slot, taken.feed_age_seconds, taken.p50) == (None, None, None)


async def test_it_counts_followers_alerts_and_what_waits(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase())
    await store(database, Batch(chain=CHAIN, feed="blocks", slot=100))
    before = await snapshot(database, chain=CHAIN)
    assert before.alerts_open == 1
    assert before.oldest_open_seconds > 0
    await fan_out_all(database)
    taken = await snapshot(database, chain=CHAIN)
    assert (taken.chats, taken.wallets, taken.alerts_of_day, taken.alerts_open) == (1, 1, 1, 0)
    assert (taken.deliveries_due, taken.slot) == (1, 100)
    assert (taken.oldest_open_seconds, taken.sending, taken.oldest_sending_seconds) == (0, 0, 0)
    await database.execute("UPDATE deliveries SET state = 'sending'")
    taken = await snapshot(database, chain=CHAIN)
    assert (taken.deliveries_due, taken.sending) == (0, 1)
    assert taken.oldest_sending_seconds > 0
