"""How a processor says that it is."""

import pytest

from domain.health import HealthState
from runtime.processes.health import Health
from scanner.pipeline import processor_health
from scanner.pipeline.processor_health import ProcessorHealth
from tests.scanner.pipeline.batches import WhaleBatches

pytestmark = pytest.mark.services


async def states(checks: ProcessorHealth) -> dict[str, HealthState]:
    health = Health()
    checks.add_checks(health)
    return {name: result.state for name, result in (await health.report()).results}


async def test_one_that_works_is_healthy_and_shows_its_share(
    batches: WhaleBatches, monkeypatch: pytest.MonkeyPatch
) -> None:
    processor = await batches.ready()
    checks = ProcessorHealth(batches.database, processor, instance_id="processor-a")
    assert checks.detail() == {"stage": "process", "assignment": "16 of 16 partitions", "processors": 1}
    assert set((await states(checks)).values()) == {HealthState.HEALTHY}
    monkeypatch.setattr(processor_health, "STUCK_SECONDS", -1)
    assert (await states(checks))["batches"] == HealthState.UNHEALTHY


async def test_one_that_waits_for_leases_is_degraded(batches: WhaleBatches) -> None:
    checks = ProcessorHealth(batches.database, batches.processor(), instance_id="processor-a")
    assert (await states(checks))["partitions"] == HealthState.DEGRADED
