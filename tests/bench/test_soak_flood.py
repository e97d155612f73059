"""Loud accounts with all programs, in small: others are answered, alerts arrive, nothing is lost."""

import pytest

from bench import soak_flood
from bench.soak_flood import p99, soak

pytestmark = [pytest.mark.services, pytest.mark.e2e, pytest.mark.measures]


async def test_scenario_86_others_are_answered_and_alerts_arrive_while_loud_accounts_flood(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(soak_flood, "COMMANDS_PER_SECOND", 4.0)  # fewer accounts
    verdict = await soak(6.0, loud=12, REQUEST_BURST="4", REQUESTS_PER_MINUTE="4")  # with a short backlog
    assert verdict.commands > 300
    assert verdict.limited > verdict.commands / 4
    assert verdict.missing == 0
    assert verdict.repeated == 0
    assert verdict.refused == 0
    assert p99(verdict.replies) < 4.0  # the soak measures 1 s, on a machine that does nothing else
    assert max(verdict.recovered) < 4.0
    assert p99(verdict.urgent) < 2.0
    assert p99(verdict.normal) < 5.0
    assert max(verdict.memory.values()) < 300
