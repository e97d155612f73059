"""One chat, and the servers that services stand on."""

from collections.abc import Iterator

import pytest
from redis import Redis

from domain.chats import ChatKind, ChatTarget
from storage.redis import open_blocking_redis
from tests.storage.sample_data import ALICE


@pytest.fixture
def target() -> ChatTarget:
    return ChatTarget(chat_id=ALICE, kind=ChatKind.PRIVATE, title="Alice")


@pytest.fixture
def queue_redis(valkey_url: str) -> Iterator[Redis]:
    with open_blocking_redis(valkey_url) as client:
        yield client
