"""The short form of `make bench-bot`: our bot replies to everybody, and the caches are worth their while."""

import pytest

from bench import caches, contenders, crowd
from bot.intake.update_queue import ABANDONED_SECONDS

pytestmark = [pytest.mark.services, pytest.mark.e2e, pytest.mark.measures]


async def test_a_bot_under_test_replies_to_everybody_and_its_processor_is_measured() -> None:
    ours = contenders.contenders()[0]
    async with contenders.open_stand() as stand, contenders.started(ours, stand) as running:
        await running.round(60)
        for one in (*running.first_runs, *running.runs):
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


async def test_scenario_90_three_bots_that_are_replaced_one_by_one_keep_nobody_waiting_for_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(crowd, "CALM_SECONDS", 3.0)
    figures = await crowd.replaced(1_000, 200.0)
    assert (figures["replaced_lost"], figures["replaced_repeated"]) == (0, 0)
    assert figures["replaced_p99_ms"] < 1000 * ABANDONED_SECONDS
