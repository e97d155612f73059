"""A message begins with its session and its share in one go; without Redis all may ask, and begin again."""

import asyncio

import pytest
from redis.asyncio import Redis

from domain.rate_limits import RateLimit
from runtime.embedded.ports import free_port
from storage.chats.entrances import Entrances
from storage.chats.sessions import Session, Sessions
from storage.coordination.limits import Limits
from storage.redis import open_redis


def share(person: int) -> RateLimit:
    return RateLimit(scope=f"person:{person}", interval=60.0, burst=2)


@pytest.mark.services
async def test_many_get_their_session_and_whether_they_are_admitted(redis_client: Redis) -> None:
    sessions, entrances = Sessions(redis_client, instance="bot-1"), Entrances(Limits(redis_client))
    await sessions.save(await sessions.load(7, 7), awaiting="label", about="wallet")
    asked = await asyncio.gather(*(entrances.ask(chat, chat, share(chat)) for chat in (6, 7, 7, 7, 8)))
    assert [one.is_admitted for one in asked] == [True, True, True, False, True]
    assert [one.session.awaiting for one in asked] == ["", "label", "label", "label", ""]
    assert asked[1].session == await sessions.load(7, 7)
    assert asked[4].session == Session(chat_id=8, user_id=8)


@pytest.mark.services
async def test_without_redis_everybody_may_ask_and_nothing_is_awaited() -> None:
    client = open_redis(f"redis://127.0.0.1:{free_port()}/0")
    entrances = Entrances(Limits(client))
    asked = [await entrances.ask(5, 5, share(5)) for _ in range(4)]
    assert {(one.is_admitted, one.session.awaiting) for one in asked} == {(True, "")}
    await client.aclose()
