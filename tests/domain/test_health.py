"""The worst of several results."""

from dataclasses import replace

import pytest

from domain.health import CheckResult, HealthState, blame, degraded, healthy, unhealthy, worst_state


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


_FAILED = replace(unhealthy("does not answer"), has_failed=True)
_DEPENDS = {"Chain": "PostgreSQL", "Failed jobs": "Redis"}


def test_what_another_part_keeps_from_being_looked_at_is_laid_to_that_one() -> None:
    found = dict(blame([("PostgreSQL", _FAILED), ("Chain", _FAILED), ("Failed jobs", _FAILED)], _DEPENDS))
    assert found["PostgreSQL"] == _FAILED
    assert found["Chain"].state is HealthState.DEGRADED
    assert found["Chain"].sentence == "not known while PostgreSQL does not answer"
    assert found["Failed jobs"] == _FAILED  # it fails by itself: Redis was not said to be down


def test_what_fails_while_its_server_answers_is_a_fault_of_its_own() -> None:
    ill = unhealthy("its disk is full")
    assert blame([("PostgreSQL", ill), ("Chain", _FAILED)], _DEPENDS) == [
        ("PostgreSQL", ill),
        ("Chain", _FAILED),
    ]


def test_what_was_looked_at_counts_though_its_server_fails_by_now() -> None:
    results = [("PostgreSQL", _FAILED), ("Chain", unhealthy("no block"))]
    assert blame(results, _DEPENDS) == results
