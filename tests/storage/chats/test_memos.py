"""What stands behind buttons: kept for a short time, and missing without Redis."""

import pytest
from redis.asyncio import Redis

from storage.chats.memos import Memos
from storage.redis import open_redis


@pytest.mark.services
async def test_a_text_is_kept_for_its_chat(redis_client: Redis) -> None:
    memos = Memos(redis_client)
    key = await memos.keep(1, "text", seconds=60)
    assert key is not None
    assert ":" not in key
    assert await memos.read(1, key) == "text"
    assert await memos.read(2, key) is None
    assert 0 < await redis_client.ttl(f"whale:memo:1:{key}") <= 60


@pytest.mark.services
async def test_a_key_belongs_to_whoever_claims_it_first(redis_client: Redis) -> None:
    memos = Memos(redis_client)
    assert await memos.claim(1, "button", "a", seconds=60)
    assert await memos.claim(1, "button", "a", seconds=60)
    assert not await memos.claim(1, "button", "b", seconds=60)
    assert await memos.claim(2, "button", "b", seconds=60)


async def test_without_redis_there_is_none_and_no_error() -> None:
    client = open_redis("redis://127.0.0.1:1/0")
    memos = Memos(client)
    assert await memos.keep(1, "text", seconds=60) is None
    assert await memos.read(1, "key") is None
    assert await memos.claim(1, "button", "a", seconds=60)
    await client.aclose()
