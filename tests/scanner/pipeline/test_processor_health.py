"""How a processor says that it is."""

import pytest

from runtime.processes.health import Health, State
from scanner.pipeline import processor_health
from scanner.pipeline.processor_health import ProcessorHealth
from tests.scanner.pipeline.test_processor import Scene, ready, scene

__all__ = ["scene"]

pytestmark = pytest.mark.services


async def states(processor_health: ProcessorHealth) -> dict[str, State]:
    health = Health()
    processor_health.add_checks(health)
    return {name: finding.state for name, finding in (await health.report()).findings}


async def test_one_that_works_is_healthy_and_tells_its_share(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    processor = await ready(scene)
    processor_health = ProcessorHealth(scene.database, processor, instance_id="processor-a")
    assert processor_health.detail() == {"stage": "process", "turn": "16 of 16 strands", "processors": 1}
    assert set((await states(processor_health)).values()) == {State.HEALTHY}
    monkeypatch.setattr(processor_health, "STUCK_SECONDS", -1)
    assert (await states(processor_health))["batches"] == State.UNHEALTHY


async def test_one_that_waits_for_leases_is_degraded(scene: Scene) -> None:
    processor_health = ProcessorHealth(scene.database, scene.processor(), instance_id="processor-a")
    assert (await states(processor_health))["partitions"] == State.DEGRADED
