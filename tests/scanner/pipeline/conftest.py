"""A whale with trades that wait to be processed."""

from collections.abc import AsyncIterator

import pytest

from chain.rpc.blocks import transaction
from chain.rpc.pool import open_rpc
from runtime.settings.secret import Secret
from sandbox.chain.server import SandboxChain
from scanner.commit.sink import FEED
from storage.ingest.cursors import begin_shards
from storage.postgres import Database
from storage.redis import open_redis
from tests.sandbox.chain.wallets import by_hand
from tests.scanner.pipeline.batches import WhaleBatches
from tests.scanner.reconciling import steps
from tests.scanner.world import CHAIN, Whale, follow

TRADES = 4


@pytest.fixture
async def batches(database: Database, valkey_url: str) -> AsyncIterator[WhaleBatches]:
    client = open_redis(valkey_url, text=False)
    async with SandboxChain(by_hand()) as chain, open_rpc([Secret(chain.rpc_url)]) as rpc:
        whale = Whale(chain)
        await follow(database, whale.address)
        whale.trade(TRADES)
        await steps(chain, 4)
        raws = [await transaction(rpc, signature, commitment="confirmed") or b"" for signature in whale.done]
    await begin_shards(database, chain=CHAIN, feed=FEED, slot=100)
    yield WhaleBatches(database, client, whale, raws)
    await client.aclose()
