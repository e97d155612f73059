"""A caller's share of requests: charged, told in headers, and refused with a time to come again."""

from collections.abc import AsyncIterator

import pytest

from domain.access import Caller
from domain.chats import ChatKind, ChatTarget
from storage.coordination.limits import Limits
from storage.redis import open_redis
from web.quota import Quota

pytestmark = pytest.mark.services
ALICE = Caller(user_id=5, target=ChatTarget(chat_id=5, kind=ChatKind.PRIVATE), scopes=frozenset(), key_id=1)
BOB = Caller(user_id=6, target=ChatTarget(chat_id=6, kind=ChatKind.PRIVATE), scopes=frozenset())


@pytest.fixture
async def quota(valkey_url: str) -> AsyncIterator[Quota]:
    client = open_redis(valkey_url)
    yield Quota(Limits(client), per_minute=60, burst=3)
    await client.aclose()


async def test_each_request_leaves_one_less_and_then_one_waits(quota: Quota) -> None:
    left = [await quota.charge(ALICE) for _ in range(4)]
    assert [one.requests for one in left] == [2, 1, 0, 0]
    assert [one.wait > 0 for one in left] == [False, False, False, True]
    refusal = left[3].refusal()
    assert (refusal.status_code, refusal.headers["Retry-After"]) == (429, "1")
    assert refusal.headers["RateLimit"] == '"requests";r=0;t=3'


async def test_another_caller_has_a_share_of_their_own(quota: Quota) -> None:
    for _ in range(4):
        await quota.charge(ALICE)
    assert (await quota.charge(BOB)).wait == 0


async def test_without_redis_nobody_is_refused() -> None:
    client = open_redis("redis://127.0.0.1:1/0")
    quota = Quota(Limits(client), per_minute=1, burst=1)
    assert [(await quota.charge(ALICE)).wait for _ in range(3)] == [0, 0, 0]
    await client.aclose()
