"""Scenarios A13, B17 and C26 in small: kills at random, and the ledger as the judge."""

import pytest

from bench.soak_delivery import soak

pytestmark = [pytest.mark.services, pytest.mark.e2e]


async def test_random_kills_lose_nothing_and_double_only_what_was_counted() -> None:
    verdict = await soak(11.0, hurry=True)
    assert verdict.arrived.deliveries > 120
    assert verdict.kills.total() > 0
    assert verdict.lost_answers > 0
    assert verdict.is_clean, verdict
