"""The collector: what it produces, when it waits, and where it reads on after a loss.
What a collector adds to the health of a scanner.
"""

from collections.abc import AsyncIterator

import msgspec
import pytest

from chain.rpc.blocks import transaction
from chain.rpc.pool import open_rpc
from chain.stream.messages import PushedTransaction
from domain.errors import QueueUnavailable
from domain.health import HealthState
from domain.sharding import ALL_PARTITIONS, TransactionBatch
from runtime.observability.metrics import ingest_pushed_transactions_dropped
from runtime.processes.health import Health
from runtime.settings.secret import Secret
from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from scanner.commit.sink import FEED
from scanner.pipeline import collector as collector_module
from scanner.pipeline import producer as producer_module
from scanner.pipeline.collector import CollectorHealth
from scanner.pipeline.producer import BatchProducer
from scanner.reconcile.sync_state import SyncConfig
from storage.coordination.instances import MemberRole, membership_heartbeat
from storage.ingest.batch_queue import BatchQueue, QueueSize
from storage.ingest.cursors import read_cursor
from storage.postgres import Database
from storage.redis import open_redis
from tests.sandbox.chain.wallets import by_hand
from tests.scanner.collector_and_processors import Pipeline, pipeline
from tests.scanner.reconciling import steps
from tests.scanner.world import CHAIN, Whale, follow, stored

pytestmark = pytest.mark.services


@pytest.fixture
async def chain() -> AsyncIterator[SandboxChain]:
    async with SandboxChain(by_hand(history=300)) as running:
        await steps(running, 5)
        yield running


@pytest.fixture
async def made(chain: SandboxChain, database: Database, valkey_url: str) -> AsyncIterator[Pipeline]:
    async with pipeline(chain, database, valkey_url) as running:
        yield running


async def trade(chain: SandboxChain, whale: Whale, slots: int = 3) -> None:
    for _ in range(slots):
        whale.trade()
        await chain.step()
    await steps(chain, 3)


async def test_nothing_is_complete_before_it_is_stored(
    chain: SandboxChain, database: Database, made: Pipeline
) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    await made.collect()
    (begun,) = await made.cursors()
    await trade(chain, whale)
    await made.collect()
    assert await made.cursors() == {begun}
    assert await stored(database, whale) == []
    await made.process(made.processor())
    assert await stored(database, whale) == whale.landed
    assert await made.cursors() == {made.reconciling.head}
    await made.producer.move_cursor()
    cursor = await read_cursor(database, chain=CHAIN, feed=FEED)
    assert cursor is not None
    assert cursor.slot == made.reconciling.head
    assert (await made.queue.size()).batches == 0


async def test_what_the_queue_lost_is_read_again_from_the_cursor(
    chain: SandboxChain, database: Database, made: Pipeline
) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    await made.collect()
    await trade(chain, whale)
    await made.collect()
    await made.client.flushall()
    await trade(chain, whale)
    await made.collect()
    await made.process(made.processor())  # what came after the loss does not connect
    assert await stored(database, whale) == []
    await made.producer.check()
    assert made.producer.is_incomplete
    await made.collect()
    await made.process(made.processor())
    assert await stored(database, whale) == whale.landed


async def test_a_new_collector_goes_on_where_all_is_stored(
    chain: SandboxChain, database: Database, valkey_url: str, made: Pipeline
) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    await made.collect()
    await trade(chain, whale)
    await made.collect()
    async with pipeline(chain, database, valkey_url) as successor:
        await trade(chain, whale)
        await successor.collect()
        await successor.process(successor.processor())
        await successor.producer.check()
        assert not successor.producer.is_incomplete
    assert await stored(database, whale) == whale.landed
    funding = 1
    assert await database.fetchval("SELECT count(*) FROM alerts") == len(whale.landed) + funding


async def test_a_full_queue_makes_the_collector_wait_until_there_is_room(
    chain: SandboxChain, database: Database, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collector_module, "ROOM_SECONDS", 0.05)
    monkeypatch.setattr(producer_module, "MAX_BATCHES", 2 * len(ALL_PARTITIONS))
    whale = Whale(chain)
    await follow(database, whale.address)
    async with pipeline(chain, database, valkey_url) as made:
        await made.collect()
        for _ in range(30):
            whale.trade()
            await chain.step()
        await steps(chain, 3)
        await made.collect()
        reached = made.reconciling.cursor or 0
        assert reached < made.reconciling.head
        assert made.producer.full
        await made.collect()
        assert made.reconciling.cursor == reached
        processor = made.processor()
        while made.reconciling.cursor < made.reconciling.head:
            await made.process(processor)
            await made.producer.check()
            await made.collect()
        await made.process(processor)
    assert await stored(database, whale) == whale.landed


async def test_while_the_queue_is_away_the_collector_stores_by_itself_and_later_produces_again(
    chain: SandboxChain, database: Database, made: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    await made.collect()
    await trade(chain, whale)
    await made.collect()
    away = BatchQueue(open_redis("redis://127.0.0.1:1/0", text=False), chain=CHAIN)
    with monkeypatch.context() as patch:
        patch.setattr(made.producer, "_queue", away)
        await trade(chain, whale)
        with pytest.raises(QueueUnavailable):
            await made.reconciling.step()
        await made.collect()
        assert await stored(database, whale) == whale.landed
    made.producer.away = False
    await trade(chain, whale)
    await made.collect()
    await made.process(made.processor())
    assert await stored(database, whale) == whale.landed
    assert await made.cursors() == {made.reconciling.head}


async def test_a_block_that_no_node_gives_is_quarantined_before_it_is_passed(
    chain: SandboxChain, database: Database, valkey_url: str
) -> None:
    async with pipeline(
        chain, database, valkey_url, config=SyncConfig(chain=CHAIN, patience_seconds=0)
    ) as made:
        await made.collect()
        slot = chain.api.slot
        chain.faults.add(Fault(fault="lying", slot=slot, times=None))
        await steps(chain, 6)
        for _ in range(5):
            await made.reconciling.step()
        assert await database.fetchval("SELECT slot FROM quarantine") == slot
        await made.process(made.processor())
        assert await made.cursors() == {made.reconciling.head}


async def test_a_pushed_transaction_is_produced_and_one_beyond_the_bound_is_left_to_the_reconciliation(
    chain: SandboxChain, database: Database, valkey_url: str
) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    async with pipeline(chain, database, valkey_url) as made:
        await made.reconciling.watchlist.reload()
        whale.trade()
        await steps(chain, 4)
        raw = await _raw(chain, whale.done[0])
        pushed = PushedTransaction(signature=whale.done[0], slot=7, raw=raw)
        await made.sink.commit_pushed(
            [pushed, PushedTransaction(signature="broken", slot=7, raw=msgspec.Raw(b"{}"))]
        )
        (taken,) = await made.queue.take(ALL_PARTITIONS, seconds=0.1)
        assert isinstance(taken.batch, TransactionBatch)
        assert (taken.batch.upto, taken.batch.transactions[0].wallets) == (None, (whale.address,))
        await made.process(made.processor())
        assert await stored(database, whale) == whale.landed
        made.producer.size = QueueSize(batches=0, size_bytes=1 << 40)
        before = ingest_pushed_transactions_dropped._value.get()
        await made.sink.commit_pushed([pushed])
        assert ingest_pushed_transactions_dropped._value.get() == before + 1
        made.producer.away = True
        await made.sink.commit_pushed([pushed])  # stored here, and known
    assert await stored(database, whale) == whale.landed


async def _raw(chain: SandboxChain, signature: str) -> msgspec.Raw:
    async with open_rpc([Secret(chain.rpc_url)]) as rpc:
        return msgspec.Raw(await transaction(rpc, signature, commitment="confirmed") or b"")


async def states(part: CollectorHealth) -> dict[str, HealthState]:
    health = Health()
    part.add_checks(health)
    return {name: result.state for name, result in (await health.report()).results}


async def test_a_collector_shows_its_queue_and_is_unhealthy_without_processors(
    database: Database, valkey_url: str
) -> None:
    client = open_redis(valkey_url, text=False)
    producer = BatchProducer(BatchQueue(client, chain=CHAIN), database, chain=CHAIN, max_bytes=1 << 26)
    part = CollectorHealth(producer)
    await producer.check()
    assert part.detail()["stage"] == "collect"
    assert part.detail()["queue"] == "0 batches wait, 0.0 MiB, for 0 processors"
    assert (await states(part))["processors"] == HealthState.UNHEALTHY
    await membership_heartbeat(
        database, chain=CHAIN, role=MemberRole.PROCESSOR, instance_id="processor-a", seconds=5
    )
    await producer.check()
    assert (await states(part))["processors"] == HealthState.HEALTHY
    producer.away = True
    assert "away" in str(part.detail()["queue"])
    await client.aclose()
