"""A collector and processors in one process, on real servers, taken step by step."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import Redis

from chain.rpc.pool import open_rpc
from domain.sharding import ALL_STRANDS
from runtime.settings.secret import Secret
from sandbox.chain.server import SandboxChain
from scanner.commit.recorder import Recorder
from scanner.live.watchlist import Watched
from scanner.pipeline.collector import Collector, Outlet
from scanner.pipeline.partitions import Post, Strands
from scanner.pipeline.processor import Decoding, Processor
from scanner.pipeline.producer import Shipping
from scanner.reconcile.block_syncer import FEED
from scanner.reconcile.reconciler import Blocks, BlocksConfig
from storage.ingest.batch_queue import HaulQueue
from storage.ingest.partitions import strand_cursors
from storage.postgres import Database
from storage.redis import open_redis
from tests.scanner.reconcile.test_reconciler import Silence
from tests.scanner.scene import CHAIN

_CONFIG = BlocksConfig(chain=CHAIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """What there is."""

    database: Database
    client: Redis
    queue: HaulQueue
    shipping: Shipping
    blocks: Blocks
    decoding: Decoding

    def processor(self, name: str = "processor-a") -> Processor:
        """One more."""
        strands = Strands(Post(database=self.database, chain=CHAIN, instance_id=name))
        return Processor(self.queue, self.decoding, strands)

    async def collect(self) -> None:
        """Hand over everything up to the head."""
        while await self.blocks.step():
            pass

    async def process(self, processor: Processor) -> None:
        """Store everything that waits."""
        await processor.strands.look()
        while await processor.step():
            pass

    async def cursors(self) -> set[int]:
        """Where the strands stand."""
        found = await strand_cursors(self.database, chain=CHAIN, feed=FEED)
        assert not found or found.keys() == ALL_STRANDS
        return set(found.values())


@asynccontextmanager
async def apart(
    chain: SandboxChain,
    database: Database,
    valkey_url: str,
    *,
    most_bytes: int = 1 << 26,
    config: BlocksConfig = _CONFIG,
) -> AsyncIterator[Apart]:
    client = open_redis(valkey_url, text=False)
    try:
        async with open_rpc([Secret(chain.rpc_url)]) as rpc:
            watched, recorder = Watched(database, chain=CHAIN), Recorder(database, Silence())
            await watched.reload()
            blocks = Blocks(rpc, database, watched, recorder, config)
            queue = HaulQueue(client, chain=CHAIN)
            shipping = Shipping(queue, database, chain=CHAIN, most_bytes=most_bytes)
            decoding = Decoding(database, recorder, chain=CHAIN)
            outlet = Outlet(shipping=shipping, decoding=decoding, database=database)
            blocks.walker = Collector(rpc, watched, recorder, config, outlet=outlet)
            yield Apart(
                database=database,
                client=client,
                queue=queue,
                shipping=shipping,
                blocks=blocks,
                decoding=decoding,
            )
    finally:
        await client.aclose()
