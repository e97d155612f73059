"""What a lane may take of the whole bot's rate."""

import asyncio

import pytest

from domain.rules.lanes import Lane
from messaging.sending.lane_shares import share_rules
from messaging.sending.rate_limiter import Limiter
from runtime.clock import monotonic
from tests.messaging.limits import Counted


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
