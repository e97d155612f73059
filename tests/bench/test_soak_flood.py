"""Loud accounts with all programs, in small: others are answered, alerts arrive, nothing is lost."""

import pytest

from bench.soak_flood import soak

pytestmark = [pytest.mark.services, pytest.mark.e2e]


async def test_others_are_answered_and_alerts_arrive_while_loud_accounts_flood() -> None:
    verdict = await soak(8.0)
    assert verdict.commands > 1_000
    assert verdict.limited > verdict.commands / 4
    assert (verdict.missing, verdict.refused) == (0, 0)
    assert max(verdict.recovered) < 1.0
    assert verdict.is_clean
