"""One chat, and the servers that services stand on."""

from collections.abc import AsyncIterator, Iterator

import pytest
from redis import Redis

from bot.connections import open_servers
from bot.wiring import make_services
from domain.chats import ChatKind, ChatTarget
from runtime.settings.loading import load_settings
from runtime.settings.settings import Settings
from services.services import Services
from storage.caches import Caches
from storage.chats.cached_chats import CachedChats
from storage.postgres import Database, open_database
from storage.redis import open_blocking_redis, open_redis
from tests.storage.sample_data import ALICE


@pytest.fixture
def target() -> ChatTarget:
    return ChatTarget(chat_id=ALICE, kind=ChatKind.PRIVATE, title="Alice")


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    opened = await open_database(postgres_url, max_size=4)
    yield opened
    await opened.close()


@pytest.fixture
def settings(postgres_url: str, valkey_url: str) -> Settings:
    return load_settings(
        {
            "BOT_TOKEN": "123456789:AAF-made-up-token-of-the-tests",
            "TELEGRAM_API_URL": "http://127.0.0.1:9",
            "DATABASE_URL": postgres_url,
            "REDIS_URL": valkey_url,
            "ADMIN_IDS": "900001",
            "INSTANCE_ID": "services",
        }
    )


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
