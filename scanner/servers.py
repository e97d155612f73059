"""The servers that a scanner needs: PostgreSQL, Redis and the nodes.

A check of the start waits until a node answers, and refuses nodes of another chain than the database knows.
"""

import asyncio
import functools
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from chain.rpc.blocks import Rpc, genesis_hash
from chain.rpc.config import pool_config
from chain.rpc.pool import RpcPool, open_rpc
from domain.backoff import Backoff
from domain.errors import DatabaseUnavailable, Misconfigured, NodeUnavailable, WhaleWatcherError
from runtime.processes.lifecycle import Stop
from runtime.settings.settings import Settings
from storage.caches import Caches
from storage.coordination.instances import Heartbeat
from storage.coordination.wake_ups import WakeUps, wake
from storage.ingest.batch_queue import BatchQueue
from storage.ingest.heads import note_genesis
from storage.keys import ALERTS_CHANNEL, WATCHES_CHANNEL, CacheName
from storage.postgres import Database, open_database
from storage.redis import ANSWER_SECONDS, open_redis

log = logging.getLogger(__name__)
_BACKOFF = Backoff(first_wait=0.5, factor=2.0, max_wait=10.0)


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


async def wait_for_check(
    rpc: Rpc, database: Database, stop: Stop, *, chain: str, heartbeat: Heartbeat | None = None
) -> bool:
    """Repeat `check_chain` until a node answers; False: the stop came first.

    Args:
        rpc: the nodes.
        database: knows the chain.
        stop: ends the wait.
        chain: its name.
        heartbeat: beats meanwhile, so that operators see what is waited for.

    Raises:
        Misconfigured: the nodes are on another chain; the text says what to do.
        DatabaseUnavailable: PostgreSQL does not answer.
    """
    async with asyncio.TaskGroup() as group:
        checking = group.create_task(_check_until_answered(rpc, database, chain))
        stopping = group.create_task(stop.wait())
        beating = group.create_task(heartbeat.run(stop) if heartbeat else stop.wait())
        await asyncio.wait({checking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        for task in (checking, stopping, beating):
            task.cancel()
    if checking.cancelled():
        return False
    if (mistake := checking.result()) is not None:
        raise mistake
    return True


async def _check_until_answered(rpc: Rpc, database: Database, chain: str) -> WhaleWatcherError | None:
    failures = 0
    while True:
        try:
            await check_chain(rpc, database, chain=chain)
        except NodeUnavailable as error:
            failures += 1
            log.warning(
                "No node says which chain it is on, so nothing is read yet; check RPC_URLS: %s", error
            )
            await asyncio.sleep(_BACKOFF.wait(failures, random.random()))  # noqa: S311 - spreads retries
        except (Misconfigured, DatabaseUnavailable) as error:
            return error
        else:
            return None


async def check_chain(rpc: Rpc, database: Database, *, chain: str) -> None:
    """Store the genesis hash of a chain that is new; refuse another chain under the same name.

    Args:
        rpc: whose genesis hash is asked for.
        database: knows the hash of each chain that was ever scanned.
        chain: the name of the chain in the settings (CHAIN).

    Raises:
        Misconfigured: the nodes are on another chain; the text says what to do.
        NodeUnavailable: no node answered.
        DatabaseUnavailable: what is stored is not known.
    """
    current = await genesis_hash(rpc)
    stored = await note_genesis(database, chain=chain, genesis=current)
    if current != stored:
        raise Misconfigured(
            f"RPC_URLS lead to a chain with the genesis hash {current}, but what is stored under"
            f" CHAIN={chain}"
            f" is of {stored}. Mend RPC_URLS, or give the other chain a name of its own in CHAIN."
        )
