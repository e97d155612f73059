"""A collector and processors in one process, on real servers, taken step by step."""

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import Redis

from chain.rpc.pool import open_rpc
from domain.sharding import ALL_PARTITIONS
from runtime.settings.secret import Secret
from sandbox.chain.server import SandboxChain
from scanner.commit.committer import Committer
from scanner.commit.sink import FEED
from scanner.membership import Instance
from scanner.pipeline.batch_committer import BatchCommitter
from scanner.pipeline.collector import QueueSink
from scanner.pipeline.partitions import Partitions
from scanner.pipeline.processor import Processor
from scanner.pipeline.producer import BatchProducer
from scanner.reconcile.sync_state import SyncConfig
from storage.ingest.batch_queue import BatchQueue
from storage.ingest.cursors import partition_cursors
from storage.postgres import Database
from storage.redis import open_redis
from tests.scanner.reconciling import CONFIG, Reconciling, context_of, reconciling_with
from tests.scanner.world import CHAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """What there is."""

    database: Database
    client: Redis
    queue: BatchQueue
    producer: BatchProducer
    sink: QueueSink
    reconciling: Reconciling
    batch_committer: BatchCommitter

    def processor(self, name: str = "processor-a") -> Processor:
        """One more."""
        instance = Instance(database=self.database, chain=CHAIN, instance_id=name)
        return Processor(self.queue, self.batch_committer, Partitions(instance))

    async def collect(self) -> None:
        """Produce everything up to the head."""
        while await self.reconciling.step():
            pass

    async def process(self, processor: Processor) -> None:
        """Commit everything that waits."""
        await processor.partitions.update()
        while await processor.step():
            pass

    async def cursors(self) -> set[int]:
        """Return where the partitions stand."""
        found = await partition_cursors(self.database, chain=CHAIN, feed=FEED)
        assert not found or found.keys() == ALL_PARTITIONS
        return set(found.values())


@asynccontextmanager
async def pipeline(
    chain: SandboxChain,
    database: Database,
    valkey_url: str,
    *,
    max_bytes: int = 1 << 26,
    config: SyncConfig = CONFIG,
) -> AsyncIterator[Pipeline]:
    client = open_redis(valkey_url, text=False)
    try:
        async with open_rpc([Secret(chain.rpc_url)]) as rpc:
            context = context_of(rpc, database, config=config)
            await context.watchlist.reload()
            queue = BatchQueue(client, chain=CHAIN)
            producer = BatchProducer(queue, database, chain=CHAIN, max_bytes=max_bytes)
            batch_committer = BatchCommitter(database, context.recorder, context.decoder)
            watched = context.watchlist.index
            committer = Committer(context.recorder, context.decoder, watched)
            sink = QueueSink(producer, watched, committer, batch_committer)
            yield Pipeline(
                database=database,
                client=client,
                queue=queue,
                producer=producer,
                sink=sink,
                reconciling=reconciling_with(dataclasses.replace(context, sink=sink)),
                batch_committer=batch_committer,
            )
    finally:
        await client.aclose()
