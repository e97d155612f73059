from __future__ import annotations

import asyncio

from domain.health import CheckResult, HealthState, degraded, healthy, unhealthy
from runtime.processes.health import Health


async def _well() -> CheckResult:
    return healthy("answers in 2 ms")


async def _limping() -> CheckResult:
    return degraded("on the spare node")


async def _failing() -> CheckResult:
    raise ConnectionError("redis://:secret@host refused")


async def _hanging() -> CheckResult:
    await asyncio.Event().wait()
    return unhealthy("never said")


async def test_nothing_to_check_is_healthy() -> None:
    assert (await Health().report()).state is HealthState.HEALTHY


async def test_the_worst_finding_is_the_state_of_the_whole() -> None:
    health = Health()
    health.add("a", _well)
    health.add("b", _limping)
    assert (await health.report()).state is HealthState.DEGRADED
    health.add("c", _failing)
    assert (await health.report()).state is HealthState.UNHEALTHY


async def test_a_check_that_fails_is_unhealthy_and_its_words_are_not_shown() -> None:
    health = Health()
    health.add("redis", _failing)
    report = await health.report()
    assert report.results == (("redis", unhealthy("failed: ConnectionError")),)


async def test_a_check_that_hangs_is_unhealthy_in_time() -> None:
    health = Health()
    health.add("node", _hanging, seconds=0.01)
    assert (await health.report()).results == (("node", unhealthy("did not answer within 0.01 s")),)
