"""Sessions are remembered per person and chat, and missing ones are no fault."""

import pytest
from redis.asyncio import Redis

from storage.chats.sessions import Session, Sessions
from storage.redis import open_redis


@pytest.mark.services
async def test_a_session_is_remembered_until_it_is_forgotten(redis_client: Redis) -> None:
    sessions = Sessions(redis_client)
    session = Session(awaiting="label", about="wallet")
    assert await sessions.write(1, 2, session)
    assert await sessions.read(1, 2) == session
    assert await sessions.read(1, 3) is None
    assert await sessions.forget(1, 2)
    assert not await sessions.forget(1, 2)


async def test_without_redis_there_is_no_session_and_no_error() -> None:
    client = open_redis("redis://127.0.0.1:1/0")
    sessions = Sessions(client)
    assert not await sessions.write(1, 2, Session(awaiting="label"))
    assert await sessions.read(1, 2) is None
    assert not await sessions.forget(1, 2)
    await client.aclose()
