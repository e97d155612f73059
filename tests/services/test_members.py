"""Who is what in a group is asked once for many acts, and never remembered for long."""

from collections.abc import AsyncIterator

import pytest

from domain.access import Standing
from domain.errors import Unavailable
from services.members import STANDINGS, GroupMembers
from storage.cache import Cache
from storage.caches import Caches
from storage.redis import open_redis

GROUP = -100_5


@pytest.fixture
async def cache(valkey_url: str) -> AsyncIterator[Cache[Standing]]:
    client = open_redis(valkey_url, text=False)
    yield Caches(client).open(STANDINGS)
    await client.aclose()


@pytest.mark.services
async def test_telegram_is_asked_once_for_many_acts(cache: Cache[Standing]) -> None:
    asked: list[int] = []

    async def ask(_: int, user_id: int) -> Standing:
        asked.append(user_id)
        return Standing.ADMIN if user_id == 1 else Standing.MEMBER

    members = GroupMembers(ask=ask, cache=cache)
    assert [await members.is_admin(GROUP, 1) for _ in range(3)] == [True] * 3
    assert await members.standing(GROUP, 2) is Standing.MEMBER
    assert not await members.is_admin(GROUP, 2)
    assert asked == [1, 2]


@pytest.mark.services
async def test_what_could_not_be_asked_is_not_remembered(cache: Cache[Standing]) -> None:
    answers = [Unavailable("Telegram is away"), None]

    async def ask(_: int, __: int) -> Standing:
        if (error := answers.pop(0)) is not None:
            raise error
        return Standing.ADMIN

    members = GroupMembers(ask=ask, cache=cache)
    with pytest.raises(Unavailable):
        await members.is_admin(GROUP, 1)
    assert await members.is_admin(GROUP, 1)
