"""The caches of a worker that has no Redis."""

from storage.caches import Caches
from storage.postgres import Database
from storage.redis import open_redis
from tests.storage.sample_data import CHAIN
from workers.cached_facts import CachedFacts, open_cached_facts


def facts_without_redis(database: Database) -> CachedFacts:
    client = open_redis("redis://127.0.0.1:1/0", text=False)
    return open_cached_facts(Caches(client), database, chain=CHAIN)
