"""Scenarios 13 and 94 in small: the whole system, killed at random, and the chats as the judge."""

import random
from pathlib import Path

import pytest

from bench.soak_system import soak

pytestmark = [pytest.mark.services, pytest.mark.e2e, pytest.mark.timeout(120)]


async def test_scenario_13_and_94_what_dies_at_random_costs_no_alert_and_no_answer(tmp_path: Path) -> None:
    random.seed(94)
    verdict = await soak(6.0, tmp_path, hurry=True, whales=8)
    assert verdict.blows.total() > 0
    assert verdict.is_clean, verdict
