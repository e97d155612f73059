"""Scenario E65 with all programs, in small: ten times too much for some seconds."""

import pytest

from bench.soak_pressure import TIMES, soak

pytestmark = [pytest.mark.services, pytest.mark.e2e, pytest.mark.measures]


async def test_under_ten_times_the_rate_exits_go_first_and_each_event_is_sent_once() -> None:
    verdict = await soak(6.0, chats=100)
    assert verdict.times > 0.8 * TIMES
    assert verdict.messages < verdict.deliveries / 2
    assert (verdict.unsent, verdict.miscounted, verdict.refused) == (0, 0, 0)
    assert 0 < len(verdict.urgent) == verdict.urgent_due
    assert max(verdict.urgent) < 5.0
    assert verdict.unanswered == 0
