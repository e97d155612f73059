"""All processes together stay within Telegram's limits."""

import asyncio
import math

import pytest

from domain.rate_limits import RateLimit
from domain.rules.lanes import Lane
from messaging.sending.rate_limiter import WHOLE_BOT, Limiter, LocalLimits, stale_seconds
from storage.coordination.limits import Limits
from storage.redis import open_redis
from tests.messaging.limits import Counted


class Silent:
    """Shared limits that do not answer, as when Redis is unavailable."""

    async def admit_all(self, requests: object) -> None:
        return None

    async def pause(self, scope: str, seconds: float) -> None:
        return None


async def admitted(limiter: Limiter, chats: list[int]) -> int:
    """Return how many of these messages may go at once."""
    return sum([await limiter.admit(chat, patience=0.0) == 0.0 for chat in chats])


async def test_a_chat_takes_three_at_once_and_then_one_a_second() -> None:
    limiter = Limiter(Counted(), rate=1000)
    assert await admitted(limiter, [5] * 10) == 3
    assert 0.9 < await limiter.admit(5, patience=0.0) <= 1.0


async def test_a_group_takes_no_more_than_twenty_in_any_minute() -> None:
    limits = Counted()
    rule = RateLimit(scope="group:-5", interval=60 / 16, burst=3)
    limiter = Limiter(limits, rate=1000)
    assert await admitted(limiter, [-5] * 10) == 3
    assert 3.4 < await limiter.admit(-5, patience=0.0) <= rule.interval


@pytest.mark.parametrize(("rate", "at_once"), [(30, 2), (0.5, 1)])
async def test_the_whole_bot_has_a_small_burst(rate: float, at_once: int) -> None:
    assert await admitted(Limiter(Counted(), rate=rate), list(range(1, 21))) == at_once


async def test_thirty_a_second_are_never_passed() -> None:
    limiter = Limiter(Counted(), rate=30)
    loop = asyncio.get_running_loop()
    times: list[float] = []

    async def one(chat_id: int) -> None:
        if await limiter.admit(chat_id, patience=5.0) == 0.0:
            times.append(loop.time())

    await asyncio.gather(*(one(chat) for chat in range(1, 61)))
    assert len(times) == 60
    assert max(sum(start <= time < start + 1.0 for time in times) for start in times) <= 30
    assert times[-1] - times[0] < 3.0


async def test_it_waits_only_as_long_as_it_may() -> None:
    limiter = Limiter(Counted(), rate=1000)
    await admitted(limiter, [5] * 3)
    async with asyncio.timeout(0.2):
        assert await limiter.admit(5, patience=0.1) > 0.5
    async with asyncio.timeout(2):
        assert await limiter.admit(5, patience=1.5) == 0.0


async def test_a_refusal_silences_the_chat_everywhere() -> None:
    limits = Counted()
    limiter = Limiter(limits, rate=1000)
    await limiter.refused(5, 35.0)
    assert limits.paused == [("chat:5", 35.0)]
    assert 34 < await limiter.admit(5, patience=0.1) <= 35
    assert await limiter.admit(6, patience=0.0) == 0.0


async def test_refusals_of_two_chats_silence_the_whole_bot() -> None:
    limits = Counted()
    limiter = Limiter(limits, rate=1000)
    await limiter.refused(5, 35.0)
    await limiter.refused(6, 10.0)
    assert (WHOLE_BOT, 10.0) in limits.paused
    assert 9 < await limiter.admit(7, patience=0.1) <= 10


async def test_without_redis_it_goes_on_slower() -> None:
    limiter = Limiter(Silent(), rate=30)
    assert await admitted(limiter, list(range(1, 21))) == 2
    wait = await limiter.admit(30, patience=0.0)
    assert 0.1 < wait <= 4 / 29


class Hanging(Silent):
    """Shared limits on a server that accepts and never answers."""

    def __init__(self) -> None:
        self.asked = 0

    async def admit_all(self, requests: object) -> None:
        self.asked += 1
        await asyncio.Event().wait()

    async def pause(self, scope: str, seconds: float) -> None:
        await asyncio.Event().wait()


async def test_b22_a_redis_that_hangs_is_asked_once_and_then_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("messaging.sending.rate_limiter._ANSWER_SECONDS", 0.05)
    shared = Hanging()
    limiter = Limiter(shared, rate=1000)
    async with asyncio.timeout(1):
        assert await admitted(limiter, [1, 2, 3]) == 3
        await limiter.refused(1, 30.0)
    assert shared.asked == 1


async def test_what_one_process_remembers_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messaging.sending.rate_limiter._MAX_LOCAL", 10)
    limits = LocalLimits()
    for chat in range(50):
        limits.admit([RateLimit(scope=f"chat:{chat}", interval=1.0, burst=1)])
    assert len(limits._empty_at) == 10


@pytest.mark.services
async def test_two_processes_count_together(valkey_url: str) -> None:
    clients = [open_redis(valkey_url), open_redis(valkey_url)]
    one, other = (Limiter(Limits(client), rate=1000) for client in clients)
    assert await admitted(one, [5] * 2) == 2
    assert await admitted(other, [5] * 2) == 1
    await one.refused(6, 35.0)
    assert 30 < await other.admit(6, patience=0.0) <= 35
    for client in clients:
        await client.aclose()


@pytest.mark.parametrize(
    ("rate", "seconds"), [(27, 1 / 9), (30, 0.1), (100, 9.0), (1000, 0.1), (1e6, math.inf)]
)
def test_what_goes_late_is_stale_when_it_would_exceed_telegrams_limit(rate: float, seconds: float) -> None:
    assert stale_seconds(rate) == pytest.approx(seconds)


async def test_a_broadcast_takes_half_of_the_rate_and_leaves_the_rest_to_others() -> None:
    limiter = Limiter(Counted(), rate=20)
    waits = [await limiter.admit(chat, patience=0.0, lane=Lane.BROADCAST) for chat in (1, 2)]
    assert waits[0] == 0.0
    assert 0.05 < waits[1] <= 0.1
    assert await limiter.admit(3, patience=0.0, lane=Lane.NORMAL) == 0.0
