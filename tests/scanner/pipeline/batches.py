"""A whale whose trades stand one in each slot, the batches that hold them, and processors."""

from redis.asyncio import Redis

from domain.sharding import RawTransaction, TransactionBatch, partition_of
from scanner.commit.committer import Decoder, Recorder
from scanner.commit.sink import FEED
from scanner.membership import Instance
from scanner.pipeline.batch_committer import BatchCommitter
from scanner.pipeline.partitions import Partitions
from scanner.pipeline.processor import Processor
from storage.ingest.batch_queue import BatchQueue
from storage.ingest.cursors import partition_cursors
from storage.postgres import Database
from tests.scanner.reconciling import Silence
from tests.scanner.world import CHAIN, Whale


class WhaleBatches:
    """What a collector would have put into the queue."""

    def __init__(self, database: Database, client: Redis, whale: Whale, raws: list[bytes]) -> None:
        self.database = database
        self.queue = BatchQueue(client, chain=CHAIN)
        self.whale = whale
        self.partition = partition_of(whale.address)
        self._raws = raws

    def processor(self, name: str = "processor-a") -> Processor:
        instance = Instance(database=self.database, chain=CHAIN, instance_id=name)
        recorder = Recorder(self.database, Silence())
        committer = BatchCommitter(self.database, recorder, Decoder(chain=CHAIN))
        return Processor(self.queue, committer, Partitions(instance))

    async def ready(self, name: str = "processor-a") -> Processor:
        """A processor that has taken its share."""
        processor = self.processor(name)
        await processor.partitions.update()
        return processor

    def batch(self, number: int, *, raw: bytes | None = None) -> TransactionBatch:
        """Trade `number`, which makes the partition complete from slot 100 + number to the next."""
        transaction = RawTransaction(
            raw=self._raws[number] if raw is None else raw,
            wallets=(self.whale.address,),
            slot=101 + number,
            block_time=1_700_000_000,
            position=0,
        )
        return TransactionBatch(
            partition=self.partition, transactions=(transaction,), after=100 + number, upto=101 + number
        )

    async def cursor(self) -> int:
        return (await partition_cursors(self.database, chain=CHAIN, feed=FEED))[self.partition]

    async def alerts(self) -> list[str]:
        """Signatures in the order in which their alerts were made."""
        rows = await self.database.fetch(
            "SELECT payload ->> 'signature' AS signature FROM alerts ORDER BY alert_id"
        )
        return [row["signature"] for row in rows]
