"""Puts the scanner together: the only place here that chooses implementations."""

import functools
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from chain.decoders.quote_mints import quote_mints_of
from chain.rpc.blocks import transaction
from chain.rpc.config import pool_config
from chain.rpc.mints import token_names
from chain.rpc.pool import RpcPool, open_rpc
from chain.rpc.token_age import token_age
from domain.errors import Unavailable
from runtime.observability.monitor import monitor
from runtime.processes.health import Finding, Health, unhealthy
from runtime.processes.lifecycle import Nursery, Stop, nursery
from runtime.settings.settings import Settings
from scanner.commit.announcer import ChannelAnnouncer
from scanner.commit.recorder import Recorder
from scanner.commit.token_metadata import Tokens
from scanner.genesis_check import until_checked
from scanner.health import Components, ScannerHealth
from scanner.live.live import Live
from scanner.pipeline.collector import BatchSink, Collector, LiveCollector
from scanner.pipeline.processor import Decoding
from scanner.pipeline.producer import BatchProducer
from scanner.pipeline.wiring import Processing, process
from scanner.reconcile.forks import Forks
from scanner.reconcile.reconciler import Reconciler, SyncConfig
from scanner.roles import Assignment, Seat, role_for
from scanner.sources import blind_seconds, sources_of
from scanner.status_publisher import StatusPublisher
from scanner.wallets.watchlist import Watchlist
from storage.coordination.wake_ups import WakeUps, publish
from storage.ingest.batch_queue import BatchQueue
from storage.keys import ALERTS_CHANNEL, WATCHES_CHANNEL
from storage.postgres import Database, open_database
from storage.redis import open_redis

log = logging.getLogger(__name__)

RELOAD_SECONDS = 5.0
FETCHERS = 8
"""Transactions that are asked for at the same time, where streams only tell signatures."""
FETCH_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """What the scanner stands on."""

    database: Database
    rpc: RpcPool
    batches: BatchQueue
    """To processors; used only where they are apart."""
    wake_dispatcher: Callable[[], Awaitable[object]]
    watches_changed: WakeUps


async def scan(settings: Settings, stop: Stop) -> None:
    """Run the scanner until the stop.

    What is under way then is given up: nothing is lost by it, for the cursor has not moved past it.

    Raises:
        Unavailable: PostgreSQL does not answer at the start.
        Misconfigured: the nodes are on another chain than the database.
    """
    async with _servers(settings) as servers:
        if settings.scanner_stage == "process":  # needs no node to work
            await process(_processing(servers, settings), stop)
            return
        health = Health()
        health.add("nodes", _no_node_yet)
        async with monitor(settings.metrics_port, health):
            if await until_checked(servers.rpc, servers.database, stop, chain=settings.chain):
                await _work(servers, settings, health, stop)


async def _no_node_yet() -> Finding:
    return unhealthy("no node says so far which chain it is on")


async def _work(servers: Servers, settings: Settings, health: Health, stop: Stop) -> None:
    async with nursery(stop) as tasks:
        components = await _start(tasks, servers, settings)
        scanner_health = ScannerHealth(servers.database, components, instance_id=settings.instance_id)
        scanner_health.add_checks(health)
        tasks.start("heartbeat", scanner_health.heartbeat.run(stop))
        tasks.start("ages", scanner_health.age(stop))
        await stop.wait()
    await components.blocks.role.leave()
    await scanner_health.heartbeat.leave()


@asynccontextmanager
async def _servers(settings: Settings) -> AsyncIterator[Servers]:
    async with AsyncExitStack() as stack:
        database = await open_database(
            settings.database_url.reveal(), smallest=settings.db_pool_min, largest=settings.db_pool_max
        )
        stack.push_async_callback(database.close)
        redis, raw_redis = (open_redis(settings.redis_url.reveal(), text=text) for text in (True, False))
        stack.push_async_callback(redis.aclose)
        stack.push_async_callback(raw_redis.aclose)
        watches_changed = WakeUps(redis, WATCHES_CHANNEL)
        stack.push_async_callback(watches_changed.close)
        yield Servers(
            database=database,
            rpc=await stack.enter_async_context(open_rpc(settings.rpc_urls, pool_config(settings))),
            batches=BatchQueue(raw_redis, chain=settings.chain),
            wake_dispatcher=functools.partial(publish, redis, ALERTS_CHANNEL),
            watches_changed=watches_changed,
        )


async def _start(tasks: Nursery, servers: Servers, settings: Settings) -> Components:
    """Build the stages and start them: watched set, live stream, reconciliation."""
    database, rpc, chain = servers.database, servers.rpc, settings.chain
    quote_mints = quote_mints_of(settings.quote_mints)
    watched = Watchlist(database, chain=chain)
    await watched.reload()
    births = functools.partial(token_age, rpc) if settings.mint_ages == "on" else None
    tokens = Tokens(database, functools.partial(token_names, rpc), chain=chain, births=births)
    announcer = ChannelAnnouncer(servers.wake_dispatcher, tokens, tasks)
    recorder = Recorder(database, announcer)
    blocks = Reconciler(rpc, database, watched, recorder, _blocks_config(settings, quote_mints))
    sources = sources_of(settings, rpc, watched, recorder, blocks)
    live = Live(
        watched,
        recorder,
        chain=chain,
        quote_mints=quote_mints,
        on_slot=blocks.wake,
        provisional=settings.commitment == "processed",
    )
    live.on_transaction = sources.learn
    await _take_role(tasks, servers, settings, (watched, recorder, blocks))
    producer = None
    if settings.scanner_stage == "collect":
        live, producer = _hand_over(tasks, servers, settings, (watched, recorder, blocks))
    tasks.start_forever("wake-ups", announcer.run)
    tasks.start_forever("warm connections", rpc.keep_warm)
    tasks.start_forever(
        "watched wallets", functools.partial(_keep_reloading, watched, servers.watches_changed)
    )
    tasks.start_forever("blocks", blocks.run)
    tasks.start_forever("forks", Forks(rpc, database, chain=chain).run)
    _start_live(tasks, live, functools.partial(_transaction, rpc, settings.commitment))
    publisher = StatusPublisher(
        database=database, rpc=rpc, blocks=blocks, chain=chain, heard=lambda: live.newest_slot
    )
    tasks.start_forever("publisher", publisher.run)
    sources.start(tasks, live)
    return Components(
        watched=watched, live=live, blocks=blocks, streams=sources.streams, rpc=rpc, producer=producer
    )


def _blocks_config(settings: Settings, quote_mints: frozenset[str]) -> SyncConfig:
    return SyncConfig(
        chain=settings.chain,
        quote_mints=quote_mints,
        commitment=settings.commitment,
        blind_seconds=blind_seconds(settings),
    )


async def _take_role(
    tasks: Nursery, servers: Servers, settings: Settings, parts: tuple[Watchlist, Recorder, Reconciler]
) -> None:
    """Let SCANNER_MODE decide which wallets are watched, under which lease is written, what is walked for."""
    watched, recorder, blocks = parts

    def changed(assignment: Assignment) -> None:
        watched.serve(assignment.buckets)
        blocks.wake()

    seat = Seat(
        database=servers.database, chain=settings.chain, instance_id=settings.instance_id, changed=changed
    )
    role = role_for(settings.scanner_mode, seat)
    watched.serve(role.assignment.buckets)
    recorder.role = blocks.role = role
    tasks.start_forever("role", role.run)


def _start_live(tasks: Nursery, live: Live, fetch: Callable[[str], Awaitable[bytes | None]]) -> None:
    tasks.start_forever("live", live.store)
    for number in range(FETCHERS):
        tasks.start_forever(f"fetch {number}", functools.partial(live.fetch, fetch))


async def _transaction(rpc: RpcPool, commitment: str, signature: str) -> bytes | None:
    return await transaction(rpc, signature, commitment=commitment, seconds=FETCH_SECONDS)


async def _keep_reloading(watched: Watchlist, changes: WakeUps) -> None:
    """Reload the set at each wake-up, and every few seconds in case one was lost."""
    while True:
        await changes.wait(RELOAD_SECONDS)
        try:
            await watched.reload()
        except Unavailable as error:
            log.warning("The watched wallets are those of before: %s", error)


def _hand_over(
    tasks: Nursery, servers: Servers, settings: Settings, parts: tuple[Watchlist, Recorder, Reconciler]
) -> tuple[Live, BatchProducer]:
    """Let processors decode and store what `blocks` and the live path catch."""
    watched, recorder, blocks = parts
    database, chain, quote_mints = servers.database, settings.chain, quote_mints_of(settings.quote_mints)
    producer = BatchProducer(
        servers.batches, database, chain=chain, max_bytes=settings.scanner_queue_mib << 20
    )
    decoding = Decoding(database, recorder, chain=chain, quote_mints=quote_mints)
    outlet = BatchSink(producer=producer, decoding=decoding, database=database)
    blocks.syncer = Collector(servers.rpc, watched, recorder, blocks.config, outlet=outlet)
    tasks.start_forever("hauls on the way", producer.run)
    live = LiveCollector(watched, recorder, outlet, chain=chain, quote_mints=quote_mints, on_slot=blocks.wake)
    return live, producer


def _processing(servers: Servers, settings: Settings) -> Processing:
    return Processing(
        database=servers.database,
        rpc=servers.rpc,
        batches=servers.batches,
        wake_dispatcher=servers.wake_dispatcher,
        settings=settings,
    )
