"""The bot's connections to PostgreSQL, Redis, Telegram and nodes, opened together."""

import functools
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.intake.polling import UpdateSource
from bot.permissions import GROUP_ADMINS
from chain.rpc.config import pool_config
from chain.rpc.pool import open_rpc
from domain.delivery.results import TOKEN_REJECTED_WAIT
from messaging.telegram.client import make_bot
from messaging.telegram.methods import Methods
from runtime.processes.lifecycle import Stop
from runtime.settings.settings import Settings
from services.accounts import ACCOUNTS, AccountReader, CachedAccounts, NodeAccounts, NoNode
from storage.cache import Cache
from storage.caches import Caches
from storage.chats.cached_chats import CachedChats
from storage.chats.sessions import Memos, Sessions
from storage.coordination.failed_jobs import FailedJobs
from storage.coordination.limits import TELEGRAM, Limits, SharedCircuit
from storage.coordination.queues import Queues
from storage.coordination.wake_ups import wake
from storage.keys import WATCHES_CHANNEL
from storage.market.tokens import TOKENS, CachedTokens
from storage.postgres import Database, open_database
from storage.redis import open_queue_redis, open_redis
from storage.replica import Replica

log = logging.getLogger(__name__)

RETRY_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
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
    admin_cache: Cache[bool]
    watches_changed: Callable[[], Awaitable[object]]
    bot: Bot
    methods: Methods
    update_source: UpdateSource
    accounts: AccountReader


@asynccontextmanager
async def open_servers(settings: Settings) -> AsyncIterator[Servers]:
    """Connect to everything the bot needs.

    Raises:
        DatabaseUnavailable: PostgreSQL does not answer; the others may come up later.
    """
    async with AsyncExitStack() as stack:
        database = await open_database(
            settings.database_url.reveal(), min_size=settings.db_pool_min, max_size=settings.db_pool_max
        )
        stack.push_async_callback(database.close)
        replica = await _replica(settings, database, stack)
        redis = open_redis(settings.redis_url.reveal())
        stack.push_async_callback(redis.aclose)
        cache_redis = open_redis(settings.cache_url.reveal(), text=False)
        stack.push_async_callback(cache_redis.aclose)
        caches = Caches(cache_redis)
        queue_redis = open_queue_redis(settings.redis_url.reveal())
        stack.callback(queue_redis.close)
        bot, methods, update_source = await _telegram(settings, stack)
        yield Servers(
            database=database,
            replica=replica,
            queues=Queues(queue_redis),
            failed_jobs=FailedJobs(queue_redis),
            sessions=Sessions(redis, instance=settings.instance_id),
            memos=Memos(redis),
            limits=Limits(redis),
            circuit=SharedCircuit(redis, TELEGRAM),
            caches=caches,
            cached_chats=CachedChats(database, caches),
            tokens=CachedTokens(database=database, cache=caches.open(TOKENS), chain=settings.chain),
            admin_cache=caches.open(GROUP_ADMINS),
            watches_changed=functools.partial(wake, redis, WATCHES_CHANNEL),
            bot=bot,
            methods=methods,
            update_source=update_source,
            accounts=await _accounts(settings, caches, stack),
        )


async def initialize_bot(bot: Bot, stop: Stop) -> bool:
    """Ask Telegram for the bot's own name until it answers; false if the stop came first."""
    while not stop.is_set():
        try:
            await bot.initialize()
        except InvalidToken:
            log.error("Telegram refuses the bot's token; set BOT_TOKEN to a valid one")  # noqa: TRY400 - the sentence says it all
            await stop.sleep(TOKEN_REJECTED_WAIT)
        except TelegramError as error:
            log.warning(
                "Telegram does not answer yet at %s: %s. Check the network, and TELEGRAM_API_URL",
                urlsplit(bot.base_url).hostname,
                type(error).__name__,
            )
            await stop.sleep(RETRY_SECONDS)
        else:
            return True
    return False


async def _replica(settings: Settings, database: Database, stack: AsyncExitStack) -> Replica:
    """The read replica; it is connected to when it is first asked, so that the bot starts without it."""
    url = settings.database_read_url
    if url.reveal() == settings.database_url.reveal():
        return Replica(database=database, primary=database)
    other = await open_database(url.reveal(), min_size=0, max_size=settings.db_pool_max)
    stack.push_async_callback(other.close)
    return Replica(database=other, primary=database)


async def _telegram(settings: Settings, stack: AsyncExitStack) -> tuple[Bot, Methods, UpdateSource]:
    token, api_url = settings.bot_token, settings.telegram_api_url
    bot = make_bot(token.reveal(), api_url, connections=16)
    stack.push_async_callback(bot.shutdown)
    methods = Methods(token.reveal(), api_url, rate=settings.telegram_rate)
    await methods.open()
    stack.push_async_callback(methods.close)
    update_source = UpdateSource(token, api_url)
    await update_source.open()
    stack.push_async_callback(update_source.close)
    return bot, methods, update_source


async def _accounts(settings: Settings, caches: Caches, stack: AsyncExitStack) -> AccountReader:
    if not settings.rpc_urls:
        return NoNode()
    pool = open_rpc(settings.rpc_urls, pool_config(settings))
    reader = NodeAccounts(rpc=await stack.enter_async_context(pool))
    return CachedAccounts(reader=reader, cache=caches.open(ACCOUNTS))
