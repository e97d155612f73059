"""Scenario 90 between chain and chat, in short: replaced one by one, nothing is lost or repeated."""

import pytest

from bench.rolling import measure

pytestmark = [pytest.mark.services, pytest.mark.e2e, pytest.mark.timeout(120)]


async def test_scenario_90_programs_that_are_replaced_one_by_one_lose_and_repeat_no_alert() -> None:
    figures = await measure(normal_seconds=4.0)
    assert figures["alerts"] > 30
    assert (figures["lost"], figures["repeated"]) == (0, 0)
