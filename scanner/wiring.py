"""Assembles the scanner: the only place here that chooses implementations."""

import asyncio
import functools
from collections.abc import Sequence
from dataclasses import dataclass

from chain.decoders.quote_mints import quote_mints_of
from chain.rpc.accounts import read_accounts
from chain.rpc.blocks import transaction
from chain.rpc.mints import token_age, token_names
from chain.rpc.pool import RpcPool
from chain.urls import node_of_stream
from runtime.processes.health import Health, monitor
from runtime.processes.lifecycle import Nursery, Stop, nursery
from runtime.settings.settings import Settings
from scanner.commit.announcer import ChannelAnnouncer, TokenMetadata
from scanner.commit.committer import Committer, Decoder, Recorder
from scanner.commit.pool_notes import PoolNotes
from scanner.commit.provisional_limit import ProvisionalLimit
from scanner.commit.sink import CommitSink
from scanner.health import (
    LAGGING_SLOTS,
    Components,
    HealthPart,
    ScannerHealth,
    Spending,
    StatusPublisher,
    spending_of,
    waiting_heartbeat,
)
from scanner.history_wiring import start_history
from scanner.live.live import Fetch, Live
from scanner.live.subscription_filter import SubscriptionFilterBuilder
from scanner.market_readers import start_market_readers
from scanner.membership import Instance
from scanner.pipeline.batch_committer import BatchCommitter
from scanner.pipeline.collector import CollectorHealth, QueueSink
from scanner.pipeline.producer import BatchProducer
from scanner.pipeline.wiring import process
from scanner.reconcile.forks import Forks
from scanner.reconcile.sync_state import Syncer
from scanner.reconcile.wiring import (
    Reconciliation,
    StreamFacts,
    SyncContext,
    block_comparison,
    costs_of,
    reconciliation,
    sync_config,
    syncer_for,
)
from scanner.roles import NO_BUCKETS, Assignment, Role, role_for
from scanner.servers import Servers, open_servers, wait_for_check
from scanner.sources import Sources, facts_of, sources_of
from scanner.wallets.token_accounts import TokenAccounts
from scanner.wallets.watchlist import Watchlist
from storage.postgres import wait_for_database

FETCHERS = 8  # transactions that are asked for at the same time
FETCH_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallets:
    """Whose transactions this scanner wants, and what streams are asked for."""

    watchlist: Watchlist
    accounts: TokenAccounts
    filters: SubscriptionFilterBuilder


@dataclass(frozen=True, slots=True, kw_only=True)
class Commits:
    """What stands behind the sink, and what of it is used apart."""

    sink: CommitSink
    recorder: Recorder
    decoder: Decoder
    parts: Sequence[HealthPart] = ()


async def scan(settings: Settings, stop: Stop) -> None:
    """Run the scanner until the stop; PostgreSQL and the nodes may come later.

    What is under way at the stop is given up: nothing is lost by it, for the cursor has not moved past it.

    Raises:
        Misconfigured: the nodes are on another chain than the database.
        OSError: the port of the metrics is taken.
    """
    health = Health()
    health.wait_for("PostgreSQL")
    async with monitor(settings.metrics_port, health, host=settings.metrics_host):
        if await wait_for_database(settings.database_url.reveal(), stop):
            async with open_servers(settings) as servers:
                await _scan(servers, settings, health, stop)


async def _scan(servers: Servers, settings: Settings, health: Health, stop: Stop) -> None:
    if settings.scanner_stage == "process":  # needs no node to work
        await process(servers, settings, health, stop)
        return
    health.wait_for("a node to say which chain it is on")
    name, region = settings.instance_id, settings.region
    heartbeat = waiting_heartbeat(servers.database, servers.rpc, instance_id=name, region=region)
    if await wait_for_check(servers.rpc, servers.database, stop, chain=settings.chain, heartbeat=heartbeat):
        await _work(servers, settings, health, stop)
    else:
        await heartbeat.leave()


async def _work(servers: Servers, settings: Settings, health: Health, stop: Stop) -> None:
    async with nursery(stop) as tasks:
        components = await _start(tasks, servers, settings)
        name, region = settings.instance_id, settings.region
        checks = ScannerHealth(servers.database, components, instance_id=name, region=region)
        checks.add_checks(health)
        health.begin()
        tasks.start("heartbeat", checks.heartbeat.run(stop))
        tasks.start("ages", checks.age(stop))
        await stop.wait()
    await components.role.leave()
    await checks.heartbeat.leave()


async def _start(tasks: Nursery, servers: Servers, settings: Settings) -> Components:
    """Build the stages and start them: wallets, the sink behind everything, reconciliation, live path."""
    database, rpc, news = servers.database, servers.rpc, asyncio.Event()
    sources = sources_of(settings)
    wallets = await _wallets(servers, settings, sources)
    role = _role(servers, settings, wallets.watchlist, news)
    commits = _commits(tasks, servers, settings, wallets, role)
    context = SyncContext(
        database=database,
        rpc=rpc,
        sink=commits.sink,
        recorder=commits.recorder,
        decoder=commits.decoder,
        watchlist=wallets.watchlist,
        accounts=wallets.accounts,
        role=role,
        wake=news,
        config=sync_config(settings),
        block_comparison=block_comparison(rpc, database, commits.decoder, wallets.watchlist),
    )
    reconciled, spending = _reconciliation(context, settings, sources)
    live = _live(tasks, context, settings, sources)
    tasks.start_forever("role", role.run)
    _start_wallets(tasks, servers, wallets)
    _start_reconciliation(tasks, context, reconciled, live, settings)
    start_history(tasks, context, settings, is_behind=lambda: reconciled.reconciler.lag > LAGGING_SLOTS)
    _start_live(tasks, live, functools.partial(_transaction, rpc, settings.commitment))
    sources.start(tasks, wallets.filters, live)
    return Components(
        role=role,
        watchlist=wallets.watchlist,
        live=live,
        reconciler=reconciled.reconciler,
        syncer=reconciled.syncer,
        sources=sources,
        rpc=rpc,
        spending=spending,
        parts=commits.parts,
    )


def _live(tasks: Nursery, context: SyncContext, settings: Settings, sources: Sources) -> Live:
    """The live path, and beside it what checks what was announced on the claim of streams."""
    early = ProvisionalLimit(can_be_blamed=settings.commitment != "processed")
    tasks.start_forever("forks", Forks(context.rpc, context.database, context.decoder, early).run)
    return Live(
        context.sink,
        on_slot=context.wake.set,
        on_block=context.push,
        needs_agreement=len(context.rpc.names) > 1 or len(sources.all) > 1,
        early=early,
        is_standby=lambda: context.role.assignment.buckets == NO_BUCKETS,
    )


async def _wallets(servers: Servers, settings: Settings, sources: Sources) -> Wallets:
    watchlist = Watchlist(servers.database, chain=settings.chain)
    await watchlist.reload()
    accounts = TokenAccounts(servers.rpc, commitment=settings.commitment)
    filters = SubscriptionFilterBuilder(
        watchlist,
        accounts,
        servers.rpc,
        limit=settings.logs_subscriptions,
        by_address=lambda: sources.by_address,
    )
    return Wallets(watchlist=watchlist, accounts=accounts, filters=filters)


def _role(servers: Servers, settings: Settings, watchlist: Watchlist, news: asyncio.Event) -> Role:
    """Let SCANNER_MODE decide which wallets are watched, and under which lease this scanner writes."""

    def changed(_: Assignment) -> None:
        watchlist.serve(role.watched)
        news.set()

    instance = Instance(database=servers.database, chain=settings.chain, instance_id=settings.instance_id)
    role = role_for(settings.scanner_mode, instance, changed)
    watchlist.serve(role.watched)
    return role


def _commits(tasks: Nursery, servers: Servers, settings: Settings, wallets: Wallets, role: Role) -> Commits:
    """Let SCANNER_STAGE decide what stands behind the sink: a commit here, or the queue to processors."""
    database, rpc, chain, notes = servers.database, servers.rpc, settings.chain, PoolNotes()
    ages = functools.partial(token_age, rpc) if settings.mint_ages == "on" else None
    metadata = TokenMetadata(database, functools.partial(token_names, rpc), chain=chain, ages=ages)
    announcer = ChannelAnnouncer(servers.wake_dispatcher, servers.forget_wallets, metadata, tasks)
    tasks.start_forever("wake-ups", announcer.run)
    recorder = Recorder(database, announcer, role)
    tasks.start_forever("accounts of pools", lambda: notes.run(functools.partial(read_accounts, rpc)))
    decoder = Decoder(chain=chain, quote_mints=quote_mints_of(settings.quote_mints), pool_notes=notes)
    committer = Committer(
        recorder,
        decoder,
        wallets.watchlist.index,
        learn=wallets.filters.learn,
        provisional=settings.commitment == "processed",
    )
    if settings.scanner_stage != "collect":
        return Commits(sink=committer, recorder=recorder, decoder=decoder)
    producer = BatchProducer(servers.queue, database, chain=chain, max_bytes=settings.scanner_queue_mib << 20)
    tasks.start_forever("in-flight batches", producer.run)
    sink = QueueSink(
        producer,
        wallets.watchlist.index,
        committer,
        BatchCommitter(database, recorder, decoder, may_move=settings.commitment == "processed"),
    )
    return Commits(sink=sink, recorder=recorder, decoder=decoder, parts=[CollectorHealth(producer)])


def _reconciliation(
    context: SyncContext, settings: Settings, sources: Sources
) -> tuple[Reconciliation, Spending]:
    """The reconciliation, and what it costs."""
    streams = facts_of(sources)
    reconciled = reconciliation(context, _syncer(context, settings, streams), streams)
    budget = settings.rpc_budget * len(context.rpc.names)
    return reconciled, spending_of(costs_of(context, streams), reconciled.syncer, budget=budget)


def _syncer(context: SyncContext, settings: Settings, streams: StreamFacts) -> Syncer:
    """Let RECONCILE decide what makes the feed complete; a collector reads blocks in any case."""
    is_apart = settings.scanner_stage == "collect"
    return syncer_for("blocks" if is_apart else settings.reconcile, context, streams)


def _start_wallets(tasks: Nursery, servers: Servers, wallets: Wallets) -> None:
    follow = functools.partial(wallets.watchlist.keep_reloading, servers.watches_changed.wait)
    tasks.start_forever("watched wallets", follow)
    tasks.start_forever("subscription filter", wallets.filters.follow_watchlist)
    tasks.start_forever("token accounts", wallets.filters.follow_accounts)


def _start_reconciliation(
    tasks: Nursery, context: SyncContext, reconciled: Reconciliation, live: Live, settings: Settings
) -> None:
    database, rpc, chain = context.database, context.rpc, context.config.chain
    publisher = StatusPublisher(
        database=database, rpc=rpc, head=reconciled.head, chain=chain, pushed_slot=lambda: live.newest_slot
    )
    tasks.start_forever("warm connections", rpc.keep_warm)
    tasks.start_forever("blocks", reconciled.reconciler.run)
    if context.block_comparison is not None:
        tasks.start_forever("block comparison", context.block_comparison.run)
    tasks.start_forever("status", publisher.run)
    start_market_readers(
        tasks,
        database,
        rpc,
        settings=settings,
        decoder=context.decoder,
        is_standby=lambda: context.role.assignment.buckets == NO_BUCKETS,
    )


def _start_live(tasks: Nursery, live: Live, fetch: Fetch) -> None:
    tasks.start_forever("live", live.run)
    for number in range(FETCHERS):
        tasks.start_forever(f"fetch {number}", functools.partial(live.fetch, fetch))


async def _transaction(rpc: RpcPool, commitment: str, signature: str, *, not_of: str) -> bytes | None:
    avoid = node_of_stream(not_of, rpc.names)
    return await transaction(rpc, signature, commitment=commitment, seconds=FETCH_SECONDS, avoid=avoid)
