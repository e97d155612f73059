"""The connections that services stand on: PostgreSQL, Redis and nodes, opened together."""

import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from chain.rpc.config import pool_config
from chain.rpc.pool import open_rpc
from domain.access import Standing
from messaging.webhook.addresses import parse_networks
from messaging.webhook.connections import PushConnections
from runtime.settings.settings import Settings
from services.accounts import ACCOUNTS, AccountReader, CachedAccounts, NodeAccounts, NoNode
from services.members import STANDINGS
from services.names import MAINNET, NameReader, NodeNames, NoNames
from storage.cache import Cache
from storage.caches import Caches
from storage.chats.cached_chats import CachedChats
from storage.chats.sessions import Memos, Sessions
from storage.coordination.failed_jobs import FailedJobs
from storage.coordination.limits import TELEGRAM, Limits, SharedCircuit
from storage.coordination.queues import Queues
from storage.coordination.wake_ups import WakeUps, wake
from storage.keys import DELIVERIES_CHANNEL, WATCHES_CHANNEL
from storage.market.tokens import TOKENS, CachedTokens
from storage.postgres import Database, open_database
from storage.redis import open_queue_redis, open_redis
from storage.replica import Replica


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """Open connections, and the clients on top of them."""

    database: Database
    replica: Replica
    queues: Queues
    failed_jobs: FailedJobs
    sessions: Sessions
    memos: Memos
    limits: Limits
    circuit: SharedCircuit
    caches: Caches
    cached_chats: CachedChats
    tokens: CachedTokens
    standings: Cache[Standing]
    watches_changed: Callable[[], Awaitable[object]]
    deliveries_due: Callable[[], WakeUps]
    """A new listener for what is due to be sent."""
    call_senders: Callable[[], Awaitable[object]]
    """Something is due."""
    push_connections: PushConnections
    accounts: AccountReader
    names: NameReader


@asynccontextmanager
async def open_connections(settings: Settings, *, gather_seconds: float = 0.0) -> AsyncIterator[Connections]:
    """Connect to everything that services need.

    Args:
        settings: where it is.
        gather_seconds: between two questions for what chats have set, in which those of other chats gather.

    Raises:
        DatabaseUnavailable: PostgreSQL does not answer; the others may come up later.
    """
    async with AsyncExitStack() as stack:
        database = await _database(settings, stack)
        replica = await _replica(settings, database, stack)
        redis = open_redis(settings.redis_url.reveal())
        stack.push_async_callback(redis.aclose)
        caches = _caches(settings, stack)
        queue_redis = open_queue_redis(settings.redis_url.reveal())
        stack.callback(queue_redis.close)
        accounts, names = await _readers(settings, caches, stack)
        yield Connections(
            database=database,
            replica=replica,
            queues=Queues(queue_redis),
            failed_jobs=FailedJobs(queue_redis),
            sessions=Sessions(redis, instance=settings.instance_id),
            memos=Memos(redis),
            limits=Limits(redis),
            circuit=SharedCircuit(redis, TELEGRAM),
            caches=caches,
            cached_chats=CachedChats(database, caches, gather_seconds=gather_seconds),
            tokens=CachedTokens(database=database, cache=caches.open(TOKENS), chain=settings.chain),
            standings=caches.open(STANDINGS),
            watches_changed=functools.partial(wake, redis, WATCHES_CHANNEL),
            deliveries_due=lambda: WakeUps(redis, DELIVERIES_CHANNEL),
            call_senders=functools.partial(wake, redis, DELIVERIES_CHANNEL),
            push_connections=_push_connections(settings, stack),
            accounts=accounts,
            names=names,
        )


async def _database(settings: Settings, stack: AsyncExitStack) -> Database:
    """PostgreSQL, which must answer."""
    database = await open_database(
        settings.database_url.reveal(), min_size=settings.db_pool_min, max_size=settings.db_pool_max
    )
    stack.push_async_callback(database.close)
    return database


def _caches(settings: Settings, stack: AsyncExitStack) -> Caches:
    """The caches; their Redis may come up later."""
    redis = open_redis(settings.cache_url.reveal(), text=False)
    stack.push_async_callback(redis.aclose)
    return Caches(redis)


def _push_connections(settings: Settings, stack: AsyncExitStack) -> PushConnections:
    """What looks up addresses of webhooks."""
    pushes = PushConnections(parse_networks(settings.webhook_allow_networks))
    stack.callback(pushes.close)
    return pushes


async def _replica(settings: Settings, database: Database, stack: AsyncExitStack) -> Replica:
    """The read replica; it is connected to when it is first asked, so that the program starts without it."""
    url = settings.database_read_url
    if url.reveal() == settings.database_url.reveal():
        return Replica(database=database, primary=database)
    other = await open_database(url.reveal(), min_size=0, max_size=settings.db_pool_max)
    stack.push_async_callback(other.close)
    return Replica(database=other, primary=database)


async def _readers(
    settings: Settings, caches: Caches, stack: AsyncExitStack
) -> tuple[AccountReader, NameReader]:
    """What reads accounts and names, by one pool of nodes."""
    if not settings.rpc_urls:
        return NoNode(), NoNames()
    pool = open_rpc(settings.rpc_urls, pool_config(settings))
    rpc = await stack.enter_async_context(pool)
    accounts = CachedAccounts(reader=NodeAccounts(rpc=rpc), cache=caches.open(ACCOUNTS))
    return accounts, NodeNames(rpc=rpc) if settings.chain == MAINNET else NoNames()
