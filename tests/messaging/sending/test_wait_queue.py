"""The line before the limits.
What a lane may take of the whole bot's rate.
"""

import asyncio
from collections.abc import Sequence

import pytest

from domain.rate_limits import RateLimit
from domain.rules.lanes import Lane
from messaging.sending.rate_limiter import Limiter, LocalLimits
from messaging.sending.wait_queue import WaitQueue, share_rules
from runtime.clock import monotonic
from tests.messaging.limits import Counted

BOT = RateLimit(scope="bot", interval=0.2, burst=1)


def chat(number: int) -> RateLimit:
    return RateLimit(scope=f"chat:{number}", interval=1.0, burst=1)


async def test_who_leaves_the_queue_for_the_bot_has_not_charged_its_chat() -> None:
    limits = LocalLimits(slower=1.0)
    queue = WaitQueue(limits.admit_all)
    limits.admit([BOT])
    assert await queue.pass_((BOT, chat(1)), monotonic() + 0.05) > 0.1
    assert limits.admit([chat(1)]) == 0.0


async def test_who_waits_for_its_chat_takes_nothing_from_the_bot_and_holds_up_nobody() -> None:
    limits = LocalLimits(slower=1.0)
    queue = WaitQueue(limits.admit_all)
    limits.admit([chat(1)])
    order: list[int] = []

    async def go(number: int) -> None:
        assert await queue.pass_((BOT, chat(number)), monotonic() + 5) == 0.0
        order.append(number)

    began = monotonic()
    async with asyncio.TaskGroup() as group:
        group.create_task(go(1))
        await asyncio.sleep(0.05)
        group.create_task(go(2))
        group.create_task(go(3))
    assert order == [2, 3, 1]
    assert 0.9 < monotonic() - began < 1.5


async def test_first_come_is_first_served() -> None:
    queue = WaitQueue(LocalLimits(slower=0.05).admit_all)
    order: list[int] = []

    async def go(number: int) -> None:
        await queue.pass_((BOT, chat(number)), monotonic() + 5)
        order.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task(go(number))
    assert order == [*range(20)]
    assert queue.is_empty


async def test_who_is_cancelled_leaves_the_queue() -> None:
    limits = LocalLimits(slower=1.0)
    queue = WaitQueue(limits.admit_all)
    limits.admit([RateLimit(scope="bot", interval=60, burst=1)])
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await queue.pass_((BOT,), monotonic() + 120)
    assert queue.is_empty


async def test_the_limiter_charges_a_chat_only_for_what_may_go() -> None:
    class Recorded(LocalLimits):
        def __init__(self) -> None:
            super().__init__(slower=1.0)
            self.charged: list[str] = []

        async def admit_all(self, requests: Sequence[Sequence[RateLimit]]) -> list[float]:
            waits = await super().admit_all(requests)
            for rules, wait in zip(requests, waits, strict=True):
                self.charged += [rule.scope for rule in rules] if wait <= 0 else []
            return waits

        async def pause(self, scope: str, seconds: float) -> None:
            raise AssertionError

    limits = Recorded()
    limiter = Limiter(limits, rate=0.5)
    admitted = [await limiter.admit(-number, patience=0.01) == 0.0 for number in range(1, 6)]
    assert admitted == [True, False, False, False, False]
    assert limits.charged == ["telegram", "chat:-1", "group:-1"]


async def test_who_has_had_less_passes_those_who_have_had_more() -> None:
    queue = WaitQueue(LocalLimits(slower=0.1).admit_all)
    order: list[str] = []

    async def go(name: str, use: float) -> None:
        assert await queue.pass_((BOT,), monotonic() + 5, use=lambda: use) == 0.0
        order.append(name)

    async with asyncio.TaskGroup() as group:
        for number in range(10):
            group.create_task(go(f"loud {number}", 80.0))
        await asyncio.sleep(0.03)
        group.create_task(go("quiet", 1.0))
    position = order.index("quiet")
    assert position <= 3
    assert [name for name in order if name != "quiet"] == [f"loud {number}" for number in range(10)]


async def test_who_asks_more_while_waiting_falls_behind() -> None:
    queue = WaitQueue(LocalLimits(slower=0.5).admit_all)
    uses = {"first": 1.0, "second": 2.0}
    order: list[str] = []

    async def go(name: str) -> None:
        assert await queue.pass_((BOT,), monotonic() + 5, use=lambda: uses[name]) == 0.0
        order.append(name)

    await queue.pass_((BOT,), monotonic() + 5)
    async with asyncio.TaskGroup() as group:
        group.create_task(go("first"))
        group.create_task(go("second"))
        await asyncio.sleep(0.01)
        uses["first"] = 3.0
    assert order == ["second", "first"]


async def test_the_limits_are_asked_seldom_however_many_wait() -> None:
    asked = 0
    free_at = monotonic()

    async def one_every_hundredth(requests: Sequence[Sequence[RateLimit]]) -> list[float]:
        nonlocal asked, free_at
        asked += 1
        waits = []
        for _ in requests:
            wait = free_at - monotonic()
            free_at += 0.01 if wait <= 0 else 0.0
            waits.append(max(wait, 0.0))
        return waits

    queue = WaitQueue(one_every_hundredth)
    end = monotonic() + 10.0
    assert await asyncio.gather(*(queue.pass_((), end) for _ in range(60))) == [0.0] * 60
    assert asked < 200


async def test_who_never_comes_to_the_front_hears_so_when_its_time_is_over() -> None:
    limits = LocalLimits(slower=1.0)
    queue = WaitQueue(limits.admit_all)
    bot = RateLimit(scope="bot", interval=30.0, burst=1)
    limits.admit([bot])
    async with asyncio.TaskGroup() as group:
        before = [
            group.create_task(queue.pass_((bot, chat(number)), monotonic() + 60)) for number in range(40)
        ]
        began = monotonic()
        assert await queue.pass_((bot, chat(100)), began + 0.1, use=lambda: 1.0) > 0.5
        assert monotonic() - began < 2.0
        for task in before:
            task.cancel()
    assert queue.is_empty


@pytest.mark.parametrize("rate", [10, 27, 1000])
def test_replies_and_broadcasts_take_half_in_the_long_run(rate: float) -> None:
    for rules in share_rules(rate).values():
        assert [1 / rule.interval for rule in rules] == [pytest.approx(rate / 2)]


def test_alerts_have_no_bound_but_the_bots_own() -> None:
    assert share_rules(27).keys() == {Lane.BROADCAST, Lane.REPLIES}


def test_at_a_small_rate_replies_may_take_all_of_it() -> None:
    assert share_rules(5).keys() == {Lane.BROADCAST}


async def test_a_flood_of_replies_leaves_room_for_urgent_alerts() -> None:
    limiter = Limiter(Counted(), rate=27)
    async with asyncio.TaskGroup() as group:
        flood = [
            group.create_task(limiter.admit(chat, patience=1.0, lane=Lane.REPLIES)) for chat in range(100)
        ]
        await asyncio.sleep(0.5)
        began = monotonic()
        alerts = [await limiter.admit(-number, patience=1.0, lane=Lane.URGENT) for number in range(1, 6)]
        assert alerts == [0.0] * 5
        assert monotonic() - began < 0.6
    admitted = sum(reply.result() == 0.0 for reply in flood)
    assert 12 <= admitted <= 23
