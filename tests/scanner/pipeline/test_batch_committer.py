"""Batches become activities and cursors where they connect, whoever commits them."""

import pytest

from domain.sharding import ALL_PARTITIONS
from scanner.commit.committer import Decoder, Recorder
from scanner.commit.sink import FEED
from scanner.pipeline.batch_committer import BatchCommitter
from storage.coordination.leases import Fence, Fenced
from storage.ingest.activities import QuarantinedTransaction
from storage.ingest.cursors import partition_cursors
from storage.postgres import Database
from tests.scanner.pipeline.batches import WhaleBatches
from tests.scanner.reconciling import Silence
from tests.scanner.world import CHAIN

pytestmark = pytest.mark.services


@pytest.fixture
def committer(database: Database) -> BatchCommitter:
    return BatchCommitter(database, Recorder(database, Silence()), Decoder(chain=CHAIN))


async def test_batches_that_connect_are_committed_together(
    batches: WhaleBatches, committer: BatchCommitter
) -> None:
    await committer.commit([batches.batch(0), batches.batch(1), batches.batch(3)])
    assert await batches.alerts() == batches.whale.done[:2]
    assert await batches.cursor() == 102


async def test_without_the_leases_nothing_is_committed(
    batches: WhaleBatches, committer: BatchCommitter
) -> None:
    with pytest.raises(Fenced):
        await committer.commit([batches.batch(0)], fences=[Fence(name="partition", owner="a", epoch=1)])
    assert await batches.alerts() == []


async def test_partitions_begin_once_and_go_on_where_they_stand(
    database: Database, committer: BatchCommitter
) -> None:
    await committer.begin(50)
    await committer.begin(60)
    cursors = await partition_cursors(database, chain=CHAIN, feed=FEED)
    assert cursors == dict.fromkeys(ALL_PARTITIONS, 50)


async def test_what_cannot_be_read_is_quarantined_apart_from_any_batch(
    database: Database, committer: BatchCommitter
) -> None:
    bad = QuarantinedTransaction(slot=9, position=-1, signature=None, reason="no block", raw=b"")
    await committer.quarantine([bad])
    assert await database.fetchval("SELECT slot FROM quarantine") == 9
