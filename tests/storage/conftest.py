"""A database and a Redis client for each test of storage."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from storage.postgres import Database, open_database
from storage.redis import open_redis


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    opened = await open_database(postgres_url, max_size=8)
    yield opened
    await opened.close()


@pytest.fixture
async def redis_client(valkey_url: str) -> AsyncIterator[Redis]:
    client = open_redis(valkey_url)
    yield client
    await client.aclose()
