"""The processor: commits what connects, in order; the rest is left to the collector; nothing bad stops it.
How a processor says that it is.
"""

import asyncio

import pytest

from domain.errors import QueueUnavailable
from domain.health import HealthState
from domain.sharding import ALL_PARTITIONS, TransactionBatch
from runtime.processes.health import Health
from runtime.processes.lifecycle import Stop
from scanner.pipeline import processor as processor_module
from scanner.pipeline.processor import ProcessorHealth
from storage.coordination.leases import Fenced
from tests.scanner.pipeline.batches import WhaleBatches
from tests.scanner.pipeline.conftest import TRADES
from tests.scanner.world import stored, until

pytestmark = pytest.mark.services


async def test_batches_are_stored_in_their_order_and_then_gone(batches: WhaleBatches) -> None:
    await batches.queue.put([batches.batch(number) for number in range(TRADES)])
    processor = await batches.ready()
    assert await processor.step() == TRADES
    assert await batches.alerts() == batches.whale.done
    assert await batches.cursor() == 100 + TRADES
    assert (await batches.queue.size()).batches == 0


async def test_what_comes_twice_is_stored_once(batches: WhaleBatches) -> None:
    processor = await batches.ready()
    for _ in range(2):
        await batches.queue.put([batches.batch(0), batches.batch(0), batches.batch(1)])
        await processor.step()
    assert await batches.alerts() == batches.whale.done[:2]
    assert await batches.cursor() == 102


async def test_beyond_a_gap_nothing_is_stored_until_it_is_closed(batches: WhaleBatches) -> None:
    processor = await batches.ready()
    await batches.queue.put([batches.batch(1), batches.batch(2)])
    await processor.step()
    assert await batches.alerts() == []
    assert await batches.cursor() == 100
    assert (await batches.queue.size()).batches == 0
    await batches.queue.put([batches.batch(number) for number in range(3)])
    await processor.step()
    assert await batches.alerts() == batches.whale.done[:3]


async def test_a_pushed_transaction_is_stored_and_makes_nothing_complete(batches: WhaleBatches) -> None:
    processor = await batches.ready()
    transactions = batches.batch(2).transactions
    await batches.queue.put([TransactionBatch(partition=batches.partition, transactions=transactions)])
    await processor.step()
    assert await batches.alerts() == [batches.whale.done[2]]
    assert await batches.cursor() == 100


async def test_what_cannot_be_decoded_goes_to_the_quarantine_with_its_bytes_and_stops_nothing(
    batches: WhaleBatches,
) -> None:
    processor = await batches.ready()
    await batches.queue.put([batches.batch(0), batches.batch(1, raw=b'{"transaction": 7}'), batches.batch(2)])
    await processor.step()
    assert await batches.alerts() == [batches.whale.done[0], batches.whale.done[2]]
    assert await batches.cursor() == 103
    row = await batches.database.fetchrow("SELECT slot, position, raw FROM quarantine")
    assert row is not None
    assert tuple(row) == (102, 0, b'{"transaction": 7}')


async def test_two_processors_share_the_partitions_and_one_takes_over_from_the_other(
    batches: WhaleBatches,
) -> None:
    one, other = await batches.ready("a"), await batches.ready("b")
    await one.partitions.update()
    await other.partitions.update()
    assert {*one.partitions.owned, *other.partitions.owned} == ALL_PARTITIONS
    assert not one.partitions.owned.keys() & other.partitions.owned.keys()
    owner, heir = (one, other) if batches.partition in one.partitions.owned else (other, one)
    await batches.queue.put([batches.batch(0)])
    await owner.partitions.leave()
    await heir.partitions.update()
    assert heir.partitions.owned.keys() == ALL_PARTITIONS
    await heir.step()
    assert await batches.alerts() == batches.whale.done[:1]


async def test_who_has_lost_a_partition_writes_nothing_and_leaves_it_in_the_queue(
    batches: WhaleBatches,
) -> None:
    stopped = await batches.ready("a")
    await batches.queue.put([batches.batch(0)])
    await batches.database.execute("UPDATE leases SET owner = 'b', epoch = epoch + 1")
    with pytest.raises(Fenced):
        await stopped.step()
    assert await batches.alerts() == []
    assert (await batches.queue.size()).batches == 1
    stopped.partitions.fenced()
    assert stopped.partitions.owned == {}


async def test_without_a_partition_it_rests(batches: WhaleBatches) -> None:
    assert await batches.processor().step() == 0


async def test_it_goes_on_after_faults_and_ends_in_order(
    batches: WhaleBatches, monkeypatch: pytest.MonkeyPatch
) -> None:
    processor, stop = await batches.ready(), Stop()
    failures = iter([QueueUnavailable("away"), Fenced("gone")])
    step = processor.step

    async def failing() -> int:
        if (error := next(failures, None)) is not None:
            raise error
        return await step()

    monkeypatch.setattr(processor, "step", failing)
    await batches.queue.put([batches.batch(0)])

    async def all_stored() -> bool:
        return await stored(batches.database, batches.whale) == [batches.whale.done[0]]

    async with asyncio.TaskGroup() as group:
        renewing = group.create_task(processor.partitions.run())
        working = group.create_task(processor.run(stop))
        await until(all_stored)
        stop.set()
        await working
        renewing.cancel()
    await processor.partitions.leave()
    assert await batches.database.fetchval("SELECT count(*) FROM members") == 0


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
    monkeypatch.setattr(processor_module, "STUCK_SECONDS", -1)
    assert (await states(checks))["batches"] == HealthState.UNHEALTHY


async def test_one_that_waits_for_leases_is_degraded(batches: WhaleBatches) -> None:
    checks = ProcessorHealth(batches.database, batches.processor(), instance_id="processor-a")
    assert (await states(checks))["partitions"] == HealthState.DEGRADED
