"""The processor: stores what connects, in order; the rest is left to the collector; poison stops nothing."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from chain.rpc.blocks import transaction
from chain.rpc.pool import open_rpc
from domain.errors import QueueUnavailable
from domain.sharding import ALL_PARTITIONS, partition_of
from domain.transaction_batches import RawTransaction, TransactionBatch
from runtime.processes.lifecycle import Stop
from runtime.settings.secret import Secret
from sandbox.chain.server import SandboxChain
from scanner.commit.recorder import Recorder
from scanner.pipeline.partitions import Partitions, Post
from scanner.pipeline.processor import Decoding, Processor
from scanner.reconcile.block_syncer import FEED
from storage.coordination.leases import Fenced
from storage.ingest.batch_queue import BatchQueue
from storage.ingest.partitions import partition_cursors
from storage.ingest.shards import begin_shards
from storage.postgres import Database
from storage.redis import open_redis
from tests.sandbox.chain.wallets import by_hand
from tests.scanner.reconcile.test_reconciler import Silence, steps
from tests.scanner.world import CHAIN, Whale, follow, stored, until

pytestmark = pytest.mark.services

DEEDS = 4


class Scene:
    """A whale whose deeds stand one in each slot, a queue, and processors."""

    def __init__(self, database: Database, client: Redis, whale: Whale, raws: list[bytes]) -> None:
        self.database = database
        self.queue = BatchQueue(client, chain=CHAIN)
        self.whale = whale
        self.partition = partition_of(whale.address)
        self._raws = raws

    def processor(self, name: str = "processor-a") -> Processor:
        partitions = Partitions(Post(database=self.database, chain=CHAIN, instance_id=name))
        decoding = Decoding(self.database, Recorder(self.database, Silence()), chain=CHAIN)
        return Processor(self.queue, decoding, partitions)

    def batch(self, number: int, *, raw: bytes | None = None) -> TransactionBatch:
        """Deed `number`, which makes the strand complete from slot 100 + number to the next."""
        transactions = RawTransaction(
            raw=self._raws[number] if raw is None else raw,
            wallets=(self.whale.address,),
            slot=101 + number,
            block_time=1_700_000_000,
            position=0,
        )
        return TransactionBatch(
            partition=self.partition, transactions=(transactions,), after=100 + number, upto=101 + number
        )

    async def stands(self) -> int:
        return (await partition_cursors(self.database, chain=CHAIN, feed=FEED))[self.partition]

    async def told(self) -> list[str]:
        """Signatures in the order in which their alerts were made."""
        rows = await self.database.fetch(
            "SELECT payload ->> 'signature' AS told FROM alerts ORDER BY alert_id"
        )
        return [row["told"] for row in rows]


@pytest.fixture
async def scene(database: Database, valkey_url: str) -> AsyncIterator[Scene]:
    client = open_redis(valkey_url, text=False)
    async with SandboxChain(by_hand()) as chain, open_rpc([Secret(chain.rpc_url)]) as rpc:
        whale = Whale(chain)
        await follow(database, whale.address)
        whale.trade(DEEDS)
        await steps(chain, 4)
        raws = [await transaction(rpc, signature, commitment="confirmed") or b"" for signature in whale.done]
    await begin_shards(database, chain=CHAIN, feed=FEED, slot=100)
    yield Scene(database, client, whale, raws)
    await client.aclose()


async def ready(scene: Scene, name: str = "processor-a") -> Processor:
    processor = scene.processor(name)
    await processor.partitions.look()
    return processor


async def test_hauls_are_stored_in_their_order_and_then_gone(scene: Scene) -> None:
    await scene.queue.put([scene.batch(number) for number in range(DEEDS)])
    processor = await ready(scene)
    assert await processor.step() == DEEDS
    assert await scene.told() == scene.whale.done
    assert await scene.stands() == 100 + DEEDS
    assert (await scene.queue.size()).batches == 0


async def test_what_comes_twice_is_stored_once(scene: Scene) -> None:
    processor = await ready(scene)
    for _ in range(2):
        await scene.queue.put([scene.batch(0), scene.batch(0), scene.batch(1)])
        await processor.step()
    assert await scene.told() == scene.whale.done[:2]
    assert await scene.stands() == 102


async def test_beyond_a_gap_nothing_is_stored_until_it_is_closed(scene: Scene) -> None:
    processor = await ready(scene)
    await scene.queue.put([scene.batch(1), scene.batch(2)])
    await processor.step()
    assert await scene.told() == []
    assert await scene.stands() == 100
    assert (await scene.queue.size()).batches == 0
    await scene.queue.put([scene.batch(number) for number in range(3)])
    await processor.step()
    assert await scene.told() == scene.whale.done[:3]


async def test_a_hint_is_stored_and_makes_nothing_complete(scene: Scene) -> None:
    processor = await ready(scene)
    (transactions,) = scene.batch(2).transactions
    await scene.queue.put([TransactionBatch(partition=scene.partition, transactions=(transactions,))])
    await processor.step()
    assert await scene.told() == [scene.whale.done[2]]
    assert await scene.stands() == 100


async def test_poison_goes_to_the_quarantine_with_its_bytes_and_stops_nothing(scene: Scene) -> None:
    processor = await ready(scene)
    await scene.queue.put([scene.batch(0), scene.batch(1, raw=b'{"transaction": 7}'), scene.batch(2)])
    await processor.step()
    assert await scene.told() == [scene.whale.done[0], scene.whale.done[2]]
    assert await scene.stands() == 103
    row = await scene.database.fetchrow("SELECT slot, position, raw FROM quarantine")
    assert row is not None
    assert tuple(row) == (102, 0, b'{"transaction": 7}')


async def test_two_processors_share_the_strands_and_one_takes_over_from_the_other(scene: Scene) -> None:
    one, other = await ready(scene, "a"), await ready(scene, "b")
    await one.partitions.look()
    await other.partitions.look()
    assert {*one.partitions.held, *other.partitions.held} == ALL_PARTITIONS
    assert not one.partitions.held.keys() & other.partitions.held.keys()
    owner, heir = (one, other) if scene.partition in one.partitions.held else (other, one)
    await scene.queue.put([scene.batch(0)])
    await owner.partitions.leave()
    await heir.partitions.look()
    assert heir.partitions.held.keys() == ALL_PARTITIONS
    await heir.step()
    assert await scene.told() == scene.whale.done[:1]


async def test_who_has_lost_a_strand_writes_nothing_and_leaves_it_in_the_queue(scene: Scene) -> None:
    stopped = await ready(scene, "a")
    await scene.queue.put([scene.batch(0)])
    await scene.database.execute("UPDATE leases SET owner = 'b', epoch = epoch + 1")
    with pytest.raises(Fenced):
        await stopped.step()
    assert await scene.told() == []
    assert (await scene.queue.size()).batches == 1
    stopped.partitions.fenced()
    assert stopped.partitions.held == {}


async def test_without_a_strand_it_rests(scene: Scene) -> None:
    assert await scene.processor().step() == 0


async def test_it_goes_on_after_faults_and_ends_in_order(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    processor, stop = await ready(scene), Stop()
    failures = iter([QueueUnavailable("away"), Fenced("gone")])
    step = processor.step

    async def failing() -> int:
        if (error := next(failures, None)) is not None:
            raise error
        return await step()

    monkeypatch.setattr(processor, "step", failing)
    await scene.queue.put([scene.batch(0)])

    async def all_told() -> bool:
        return await stored(scene.database, scene.whale) == [scene.whale.done[0]]

    async with asyncio.TaskGroup() as group:
        renewing = group.create_task(processor.partitions.run())
        working = group.create_task(processor.run(stop))
        await until(all_told)
        stop.set()
        await working
        renewing.cancel()
    await processor.partitions.leave()
    assert await scene.database.fetchval("SELECT count(*) FROM members") == 0
