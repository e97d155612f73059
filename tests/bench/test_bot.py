"""The short form of `make bench-bot`: our bot replies to everybody, and the caches are worth their while."""

import pytest

from bench import bot, caches, crowd
from bench.webhook import open_testbed

pytestmark = [pytest.mark.services, pytest.mark.e2e, pytest.mark.measures]


async def test_a_bot_under_test_replies_to_everybody_and_its_processor_is_measured() -> None:
    ours = bot.contenders()[0]
    async with (
        open_testbed() as (telegram, environment),
        bot.started(ours, telegram, environment) as running,
    ):
        one = await running.run(60)
        assert one.unanswered == 0
        assert 0 < one.cpu_ms < 100
        assert one.seconds > 0
        assert 10 < running.mib < 120


async def test_a_cached_balance_is_worth_twenty_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, number in (("COLD", 3), ("WARM", 50), ("OPERATIONS", 500)):
        monkeypatch.setattr(caches, name, number)
    figures = await caches.measure()
    assert figures["balance_cached_ratio"] >= 20
    assert figures["cache_per_second"] > 100


async def test_a_crowd_before_two_bots_is_answered_in_order_and_hears_nothing_twice() -> None:
    async with crowd.standing(2, 60) as stand:
        assert await stand.rush() > 0
        counts = stand.crowd.counts
    assert counts["answered"] == counts["asked"] == 60 * 6
    assert (counts["disordered"], counts["marked"], counts["unmarked"], counts["other"]) == (0, 0, 0, 0)
