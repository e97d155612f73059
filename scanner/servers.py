"""The servers that a scanner stands on: PostgreSQL, Redis and the nodes."""

import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from chain.rpc.config import pool_config
from chain.rpc.pool import RpcPool, open_rpc
from runtime.settings.settings import Settings
from storage.caches import Caches
from storage.coordination.wake_ups import WakeUps, wake
from storage.ingest.batch_queue import BatchQueue
from storage.keys import ALERTS_CHANNEL, WATCHES_CHANNEL, CacheName
from storage.postgres import Database, open_database
from storage.redis import ANSWER_SECONDS, open_redis


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """Connections to all of them."""

    database: Database
    rpc: RpcPool
    queue: BatchQueue
    """From collectors to processors; used only where they are apart."""
    wake_dispatcher: Callable[[], Awaitable[object]]
    forget_wallets: Callable[[Collection[str]], Awaitable[None]]
    """Drops what caches hold of wallets."""
    watches_changed: WakeUps


@asynccontextmanager
async def open_servers(settings: Settings) -> AsyncIterator[Servers]:
    """Connect, and close everything at the end.

    Raises:
        Unavailable: PostgreSQL does not answer. Redis and the nodes may answer later.
    """
    async with AsyncExitStack() as stack:
        database = await open_database(
            settings.database_url.reveal(), min_size=settings.db_pool_min, max_size=settings.db_pool_max
        )
        stack.push_async_callback(database.close)
        redis = open_redis(settings.redis_url.reveal())
        raw_redis = open_redis(settings.redis_url.reveal(), text=False, answer_seconds=ANSWER_SECONDS)
        stack.push_async_callback(redis.aclose)
        stack.push_async_callback(raw_redis.aclose)
        cache_redis = open_redis(settings.cache_url.reveal(), text=False)
        stack.push_async_callback(cache_redis.aclose)
        watches_changed = WakeUps(redis, WATCHES_CHANNEL)
        stack.push_async_callback(watches_changed.close)
        yield Servers(
            database=database,
            rpc=await stack.enter_async_context(open_rpc(settings.rpc_urls, pool_config(settings))),
            queue=BatchQueue(raw_redis, chain=settings.chain),
            wake_dispatcher=functools.partial(wake, redis, ALERTS_CHANNEL),
            forget_wallets=functools.partial(_forget_wallets, Caches(cache_redis)),
            watches_changed=watches_changed,
        )


async def _forget_wallets(caches: Caches, wallets: Collection[str]) -> None:
    for cache in (CacheName.WALLETS, CacheName.BALANCES):
        await caches.forget(cache, wallets)
