"""What scenarios look at: what nodes are asked, what they were subscribed to, how far the feed is."""

from runtime.observability.metrics import rpc_requests
from sandbox.chain.server import SandboxChain
from storage.coordination.wake_ups import wake
from storage.ingest.cursors import read_cursor
from storage.keys import WATCHES_CHANNEL
from storage.postgres import Database
from storage.redis import open_redis
from tests.scanner.world import CHAIN, Whale, stored, until


def subscriptions_to(chain: SandboxChain, method: str) -> int:
    """Subscriptions that stand."""
    return sum(one.method == method for one in chain._sockets._subscriptions.values())


def asked(*methods: str) -> float:
    samples = [sample for metric in rpc_requests.collect() for sample in metric.samples]
    return sum(
        one.value for one in samples if one.name.endswith("_total") and one.labels["method"] in methods
    )


async def slots(chain: SandboxChain, count: int) -> None:
    """Wait for so many slots."""
    slot = chain.api.slot
    await until(lambda: chain.api.slot >= slot + count)


async def is_stored(database: Database, whale: Whale, signature: str) -> bool:
    return signature in await stored(database, whale)


async def cursor(database: Database) -> int:
    stands = await read_cursor(database, chain=CHAIN, feed="blocks")
    assert stands is not None
    return stands.slot


async def publish_watch_change(valkey_url: str) -> None:
    client = open_redis(valkey_url)
    await wake(client, WATCHES_CHANNEL)
    await client.aclose()
