"""One chat, and the servers that services stand on."""

from collections.abc import AsyncIterator, Iterator

import pytest
from redis import Redis

from bot.connections import open_servers
from bot.services.services import Services
from bot.wiring import make_services
from domain.chats import ChatKind, ChatTarget
from runtime.settings.settings import Settings
from storage.caches import Caches
from storage.chats.cached_chats import CachedChats
from storage.postgres import Database
from storage.redis import open_blocking_redis, open_redis
from tests.storage.sample_data import ALICE


@pytest.fixture
def target() -> ChatTarget:
    return ChatTarget(chat_id=ALICE, kind=ChatKind.PRIVATE, title="Alice")


@pytest.fixture
async def services(settings: Settings) -> AsyncIterator[Services]:
    async with open_servers(settings) as servers:
        yield make_services(settings, servers)


@pytest.fixture
async def cached(database: Database, valkey_url: str) -> AsyncIterator[CachedChats]:
    client = open_redis(valkey_url, text=False)
    yield CachedChats(database, Caches(client))
    await client.aclose()


@pytest.fixture
def queue_redis(valkey_url: str) -> Iterator[Redis]:
    with open_blocking_redis(valkey_url) as client:
        yield client
