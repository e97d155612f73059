"""A collector and processors in one process, on real servers, taken step by step."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import Redis

from chain.rpc.pool import open_rpc
from domain.sharding import ALL_PARTITIONS
from runtime.settings.secret import Secret
from sandbox.chain.server import SandboxChain
from scanner.commit.recorder import Recorder
from scanner.pipeline.collector import BatchSink, Collector
from scanner.pipeline.partitions import Partitions, Post
from scanner.pipeline.processor import Decoding, Processor
from scanner.pipeline.producer import BatchProducer
from scanner.reconcile.block_syncer import FEED
from scanner.reconcile.reconciler import Reconciler, SyncConfig
from scanner.wallets.watchlist import Watchlist
from storage.ingest.batch_queue import BatchQueue
from storage.ingest.partitions import partition_cursors
from storage.postgres import Database
from storage.redis import open_redis
from tests.scanner.reconcile.test_reconciler import Silence
from tests.scanner.world import CHAIN

_CONFIG = SyncConfig(chain=CHAIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """What there is."""

    database: Database
    client: Redis
    queue: BatchQueue
    producer: BatchProducer
    blocks: Reconciler
    decoding: Decoding

    def processor(self, name: str = "processor-a") -> Processor:
        """One more."""
        partitions = Partitions(Post(database=self.database, chain=CHAIN, instance_id=name))
        return Processor(self.queue, self.decoding, partitions)

    async def collect(self) -> None:
        """Hand over everything up to the head."""
        while await self.blocks.step():
            pass

    async def process(self, processor: Processor) -> None:
        """Store everything that waits."""
        await processor.partitions.look()
        while await processor.step():
            pass

    async def cursors(self) -> set[int]:
        """Where the strands stand."""
        found = await partition_cursors(self.database, chain=CHAIN, feed=FEED)
        assert not found or found.keys() == ALL_PARTITIONS
        return set(found.values())


@asynccontextmanager
async def apart(
    chain: SandboxChain,
    database: Database,
    valkey_url: str,
    *,
    max_bytes: int = 1 << 26,
    config: SyncConfig = _CONFIG,
) -> AsyncIterator[Apart]:
    client = open_redis(valkey_url, text=False)
    try:
        async with open_rpc([Secret(chain.rpc_url)]) as rpc:
            watched, recorder = Watchlist(database, chain=CHAIN), Recorder(database, Silence())
            await watched.reload()
            blocks = Reconciler(rpc, database, watched, recorder, config)
            queue = BatchQueue(client, chain=CHAIN)
            producer = BatchProducer(queue, database, chain=CHAIN, max_bytes=max_bytes)
            decoding = Decoding(database, recorder, chain=CHAIN)
            outlet = BatchSink(producer=producer, decoding=decoding, database=database)
            blocks.syncer = Collector(rpc, watched, recorder, config, outlet=outlet)
            yield Apart(
                database=database,
                client=client,
                queue=queue,
                producer=producer,
                blocks=blocks,
                decoding=decoding,
            )
    finally:
        await client.aclose()
