"""Whale searches as operators steer them."""

import pytest
from redis import Redis

from domain.jobs import Queue
from domain.whale_search import LAMPORTS, WhaleSearchStatus
from services.stores.whale_searches import WhaleSearchStore
from storage.coordination.queues import Queues
from storage.postgres import Database
from storage.replica import Replica
from tests.bot.handlers.whales import CHAIN, found

pytestmark = pytest.mark.services


@pytest.fixture
def searches(database: Database, queue_redis: Redis) -> WhaleSearchStore:
    replica = Replica(database=database, primary=database)
    return WhaleSearchStore(database=database, replica=replica, queues=Queues(queue_redis), chain=CHAIN)


async def test_one_search_runs_at_a_time_and_its_first_step_is_enqueued(searches: WhaleSearchStore) -> None:
    assert await searches.latest() is None
    first = await searches.start(update_id=1, by=5, chat_id=5, min_lamports=LAMPORTS, seconds=60.0)
    second = await searches.start(update_id=2, by=6, chat_id=6, min_lamports=LAMPORTS, seconds=60.0)
    assert second.search_id == first.search_id
    assert await searches.queues.depth(Queue.WHALE_SEARCH) == 1
    stopped = await searches.stop()
    assert stopped is not None
    assert stopped.status is WhaleSearchStatus.STOPPED
    assert await searches.stop() is None
    latest = await searches.latest()
    assert latest is not None
    assert latest.search_id == first.search_id


async def test_found_addresses_come_by_volume_and_in_pages(
    searches: WhaleSearchStore, database: Database
) -> None:
    await found(database, 5)
    assert await searches.count() == 5
    everything = await searches.export(limit=10)
    assert [one.volume for one in everything] == sorted((one.volume for one in everything), reverse=True)
    assert await searches.whales(limit=2, after=2) == everything[2:4]
