"""How a processor says that it is."""

import pytest

from domain.health import HealthState
from runtime.processes.health import Health
from scanner.pipeline import processor_health
from scanner.pipeline.processor_health import ProcessorHealth
from tests.scanner.pipeline.test_processor import Scene, ready, scene

__all__ = ["scene"]

pytestmark = pytest.mark.services


async def states(checks: ProcessorHealth) -> dict[str, HealthState]:
    health = Health()
    checks.add_checks(health)
    return {name: finding.state for name, finding in (await health.report()).results}


async def test_one_that_works_is_healthy_and_tells_its_share(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    processor = await ready(scene)
    checks = ProcessorHealth(scene.database, processor, instance_id="processor-a")
    assert checks.detail() == {"stage": "process", "turn": "16 of 16 strands", "processors": 1}
    assert set((await states(checks)).values()) == {HealthState.HEALTHY}
    monkeypatch.setattr(processor_health, "STUCK_SECONDS", -1)
    assert (await states(checks))["batches"] == HealthState.UNHEALTHY


async def test_one_that_waits_for_leases_is_degraded(scene: Scene) -> None:
    checks = ProcessorHealth(scene.database, scene.processor(), instance_id="processor-a")
    assert (await states(checks))["partitions"] == HealthState.DEGRADED
