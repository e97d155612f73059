"""What a scanner publishes besides alerts: the newest slot, and versions that are new."""

import pytest

from chain.rpc.pool import RpcPool, open_rpc
from runtime.observability.metrics import rpc_transaction_version
from runtime.settings.secret import Secret
from scanner.reconcile.block_buffer import BlockBuffer
from scanner.reconcile.chain_head import ChainHead
from scanner.status_publisher import StatusPublisher
from storage.admin.discoveries import recent_discoveries
from storage.ingest.heads import read_head
from storage.postgres import Database
from tests.scanner.world import CHAIN

pytestmark = pytest.mark.services


def unknown_head(rpc: RpcPool) -> ChainHead:
    return ChainHead(rpc, BlockBuffer(), commitment="confirmed", blind_seconds=None)


async def test_the_newest_slot_and_a_new_version_are_stored_once(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_rpc([Secret("http://127.0.0.1:9")]) as rpc:
        head = unknown_head(rpc)
        publisher = StatusPublisher(database=database, rpc=rpc, head=head, chain=CHAIN)
        await publisher.publish()
        assert await read_head(database, chain=CHAIN) is None
        assert await recent_discoveries(database, chain=CHAIN, days=7) == []
        head.slot = 1_234
        rpc.allow_version(2)
        await publisher.publish()
        await publisher.publish()
    assert await read_head(database, chain=CHAIN) == 1_234
    (found,) = await recent_discoveries(database, chain=CHAIN, days=7)
    assert (found.about, found.times) == ("transaction version 2", 1)
    assert rpc_transaction_version._value.get() == 2
    assert "version 2 have appeared" in caplog.text


async def test_a_slot_that_no_stream_has_named_is_not_believed(database: Database) -> None:
    async with open_rpc([Secret("http://127.0.0.1:9")]) as rpc:
        head = unknown_head(rpc)
        publisher = StatusPublisher(
            database=database, rpc=rpc, head=head, chain=CHAIN, pushed_slot=lambda: 1_002
        )
        head.slot = 10**12
        await publisher.publish()
        assert await read_head(database, chain=CHAIN) == 1_002
        head.slot = 1_001
        await publisher.publish()
        assert await read_head(database, chain=CHAIN) == 1_001
