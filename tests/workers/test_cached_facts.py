"""The caches of a worker."""

import pytest

from storage.postgres import Database
from tests.workers.cached import facts_without_redis


@pytest.mark.services
async def test_a_worker_has_each_cache_once(database: Database) -> None:
    names = [one.name for one in facts_without_redis(database).caches.statistics]
    assert names == ["balances", "prices", "scans", "tokens"]
