"""What a scanner tells besides alerts: the newest slot, and versions that are new."""

import pytest

from chain.rpc.pool import open_rpc
from runtime.observability.metrics import rpc_transaction_version
from runtime.settings.secret import Secret
from scanner.commit.recorder import Recorder
from scanner.reconcile.reconciler import Reconciler, SyncConfig
from scanner.status_publisher import StatusPublisher
from scanner.wallets.watchlist import Watchlist
from storage.admin.discoveries import recent_discoveries
from storage.ingest.heads import read_head
from storage.postgres import Database
from tests.scanner.reconcile.test_reconciler import Silence
from tests.scanner.world import CHAIN

pytestmark = pytest.mark.services


async def test_the_newest_slot_and_a_new_version_are_stored_once(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_rpc([Secret("http://127.0.0.1:9")]) as rpc:
        watched, recorder = Watchlist(database, chain=CHAIN), Recorder(database, Silence())
        blocks = Reconciler(rpc, database, watched, recorder, SyncConfig(chain=CHAIN))
        publisher = StatusPublisher(database=database, rpc=rpc, blocks=blocks, chain=CHAIN)
        await publisher.tell()
        assert await read_head(database, chain=CHAIN) is None
        assert await recent_discoveries(database, chain=CHAIN, days=7) == []
        blocks.head = 1_234
        rpc.allow_version(2)
        await publisher.tell()
        await publisher.tell()
    assert await read_head(database, chain=CHAIN) == 1_234
    (found,) = await recent_discoveries(database, chain=CHAIN, days=7)
    assert (found.about, found.times) == ("transaction version 2", 1)
    assert rpc_transaction_version._value.get() == 2
    assert "version 2 have appeared" in caplog.text


async def test_a_slot_that_no_stream_has_heard_of_is_not_believed(database: Database) -> None:
    async with open_rpc([Secret("http://127.0.0.1:9")]) as rpc:
        watched, recorder = Watchlist(database, chain=CHAIN), Recorder(database, Silence())
        blocks = Reconciler(rpc, database, watched, recorder, SyncConfig(chain=CHAIN))
        publisher = StatusPublisher(
            database=database, rpc=rpc, blocks=blocks, chain=CHAIN, heard=lambda: 1_002
        )
        blocks.head = 10**12
        await publisher.tell()
        assert await read_head(database, chain=CHAIN) == 1_002
        blocks.head = 1_001
        await publisher.tell()
        assert await read_head(database, chain=CHAIN) == 1_001
