"""Sessions are remembered per person and chat; two instances never take an answer from each other.
What stands behind buttons: kept for a short time, and missing without Redis.
"""

import asyncio

import pytest
from redis.asyncio import Redis

from runtime import clock
from storage import keys
from storage.chats.sessions import SESSION_SECONDS, Memos, Saved, Session, Sessions
from storage.redis import open_redis


@pytest.fixture
def sessions(redis_client: Redis) -> Sessions:
    return Sessions(redis_client, instance="bot-1")


@pytest.mark.services
async def test_a_session_is_remembered_for_an_hour_with_who_wrote_it_and_when(
    sessions: Sessions, redis_client: Redis
) -> None:
    nothing = await sessions.load(1, 2)
    assert nothing == Session(chat_id=1, user_id=2)
    assert await sessions.save(nothing, awaiting="label", about="wallet") is Saved.DONE
    session = await sessions.load(1, 2)
    assert (session.awaiting, session.about, session.instance) == ("label", "wallet", "bot-1")
    assert abs(session.last_activity - clock.unix()) < 10
    assert session.version > 0
    assert 0 < await redis_client.ttl(keys.session(1, 2)) <= SESSION_SECONDS
    assert (await sessions.load(1, 3)).version == 0
    assert await sessions.end(session)
    assert not await sessions.end(session)
    assert (await sessions.load(1, 2)).version == 0


@pytest.mark.services
async def test_of_two_instances_that_read_the_same_only_one_writes(
    sessions: Sessions, redis_client: Redis
) -> None:
    other = Sessions(redis_client, instance="bot-2")
    before = await sessions.load(1, 2)
    results = await asyncio.gather(
        *(one.save(before, awaiting=name) for one in (sessions, other) for name in ("watch", "scan"))
    )
    assert sorted(result.name for result in results) == ["CONFLICT", "CONFLICT", "CONFLICT", "DONE"]


@pytest.mark.services
async def test_an_instance_that_is_late_ends_no_question_asked_since(
    sessions: Sessions, redis_client: Redis
) -> None:
    await sessions.save(await sessions.load(1, 2), awaiting="label", about="5")
    late = await sessions.load(1, 2)
    other = Sessions(redis_client, instance="bot-2")
    await other.end(await other.load(1, 2))
    await other.save(await other.load(1, 2), awaiting="scan")
    assert not await sessions.end(late)
    assert await sessions.save(late, awaiting="watch") is Saved.CONFLICT
    assert (await sessions.load(1, 2)).awaiting == "scan"


@pytest.mark.services
async def test_sessions_asked_for_together_are_read_in_one_go(
    sessions: Sessions, redis_client: Redis
) -> None:
    for number in range(50):
        await sessions.save(Session(chat_id=number, user_id=number), awaiting=str(number))
    await redis_client.config_resetstat()
    found = await asyncio.gather(*(sessions.load(number, number) for number in range(50)))
    assert [session.awaiting for session in found] == [str(number) for number in range(50)]
    statistics = await redis_client.info("commandstats")
    assert statistics["cmdstat_mget"]["calls"] == 1
    assert "cmdstat_get" not in statistics


@pytest.mark.services
@pytest.mark.parametrize("broken", ["", "?", "7", "7 {", "7 []", "x {}", '{"awaiting":"label"}'])
async def test_a_broken_session_awaits_nothing_and_is_written_over(
    sessions: Sessions, redis_client: Redis, broken: str
) -> None:
    await redis_client.set(keys.session(1, 2), broken)
    found = await sessions.load(1, 2)
    assert found.awaiting == ""
    assert await sessions.save(found, awaiting="label") is Saved.DONE
    assert (await sessions.load(1, 2)).awaiting == "label"


@pytest.mark.services
async def test_a_session_is_forgotten_whatever_it_is(sessions: Sessions) -> None:
    await sessions.save(await sessions.load(1, 2), awaiting="label")
    await sessions.forget(1, 2)
    assert (await sessions.load(1, 2)).version == 0


async def test_without_redis_there_is_no_session_and_no_error() -> None:
    client = open_redis("redis://127.0.0.1:1/0")
    sessions = Sessions(client, instance="bot-1")
    nothing = await sessions.load(1, 2)
    assert nothing.awaiting == ""
    assert await sessions.save(nothing, awaiting="label") is Saved.AWAY
    assert not await sessions.end(Session(chat_id=1, user_id=2, version=5))
    await sessions.forget(1, 2)
    await client.aclose()


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
