"""The worst of several results."""

import pytest

from domain.health import CheckResult, HealthState, degraded, healthy, unhealthy, worst_state


@pytest.mark.parametrize(
    ("results", "state"),
    [
        ([], HealthState.HEALTHY),
        ([healthy("answers"), degraded("slow")], HealthState.DEGRADED),
        ([unhealthy("away"), healthy("answers"), degraded("slow")], HealthState.UNHEALTHY),
    ],
)
def test_the_worst_result_is_the_state_of_the_whole(results: list[CheckResult], state: HealthState) -> None:
    assert worst_state(results) is state
