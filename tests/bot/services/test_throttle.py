"""How much one person may ask for."""

from collections.abc import AsyncIterator

import pytest

from bot.services.throttle import PERSON_BURST, Throttle
from storage.coordination.limits import Limits
from storage.redis import open_redis
from tests.bot.conftest import free_port

pytestmark = pytest.mark.services


@pytest.fixture
async def throttle(valkey_url: str) -> AsyncIterator[Throttle]:
    client = open_redis(valkey_url)
    yield Throttle(limits=Limits(client))
    await client.aclose()


async def test_after_a_burst_a_person_waits_and_others_do_not(throttle: Throttle) -> None:
    admitted = [await throttle.admits(5) for _ in range(PERSON_BURST + 10)]
    assert admitted[:PERSON_BURST] == [True] * PERSON_BURST
    assert not all(admitted)
    assert await throttle.admits(6)


async def test_a_person_is_warned_once(throttle: Throttle) -> None:
    assert [await throttle.may_warn(5) for _ in range(3)] == [True, False, False]


async def test_without_redis_everybody_is_admitted() -> None:
    client = open_redis(f"redis://127.0.0.1:{free_port()}/0")
    throttle = Throttle(limits=Limits(client))
    assert all([await throttle.admits(5) for _ in range(2 * PERSON_BURST)])
    await client.aclose()
