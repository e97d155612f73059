"""Assembles the workers: the only place here that chooses implementations."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import Any

from chain.rpc.config import pool_config
from chain.rpc.pool import RpcPool, open_rpc
from domain.errors import DatabaseUnavailable, QueueUnavailable
from domain.health import CheckResult, healthy, unhealthy
from domain.jobs import QUESTION_QUEUES, QUEUE_RULES, Queue, parse_concurrency, sends_at_once
from domain.rules.lanes import parse_hourly_limits
from messaging.languages.choice import load_languages
from messaging.sending.circuit_breaker import CircuitBreaker
from messaging.sending.rate_limiter import Limiter
from messaging.sending.sender import Sender
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.channel import ChatLimits, Replies
from messaging.telegram.http import CONNECTIONS
from messaging.telegram.methods import Methods
from runtime.processes.health import Health, monitor
from runtime.processes.lifecycle import Nursery, Stop, nursery
from runtime.processes.watchdog import beat_main_thread
from runtime.settings.settings import Settings
from storage.caches import Caches
from storage.coordination.instances import Heartbeat
from storage.coordination.limits import TELEGRAM, Limits, SharedCircuit
from storage.coordination.queue_workers import serve
from storage.coordination.queues import Queues
from storage.coordination.wake_ups import WakeUps, wake
from storage.keys import ALERTS_CHANNEL, DELIVERIES_CHANNEL
from storage.postgres import Database, open_database, wait_for_database
from storage.redis import (
    ANSWER_SECONDS,
    RedisClient,
    check_queue_server,
    open_blocking_redis,
    open_queue_redis,
    open_redis,
)
from workers.balance_refresh import refresh_balances
from workers.cached_facts import CachedFacts, open_cached_facts
from workers.delivery_store import StoredDestinations
from workers.dispatcher import start_stages
from workers.process import DRAIN_SECONDS, Context, Process
from workers.questions.job import HANDLERS
from workers.questions.runner import QuestionRunner
from workers.sending.senders import message_sender, push_sender
from workers.stages import Dispatch, DispatcherConfig
from workers.token_grades import grade_alerts, scan_common_tokens, scan_own_tokens
from workers.token_safety import watch_tokens
from workers.wallets.moves import judge_moves
from workers.wallets.own_tokens import read_own_tokens
from workers.wallets.whale_scores import score_whales

log = logging.getLogger(__name__)
_LISTEN_SECONDS = 2.0
_USES_QUEUES = frozenset({Queue.WHALE_SEARCH, Queue.MAINTENANCE})
_BY_THE_CLOCK: Mapping[Queue, Mapping[str, Callable[[Context, Stop], Coroutine[Any, Any, None]]]] = {
    Queue.SECURITY_SCAN: {
        "safety of tokens": watch_tokens,
        "grades of tokens": grade_alerts,
        "scans of tokens": scan_common_tokens,
        "scans of own tokens": scan_own_tokens,
    },
    Queue.BALANCE_CHECK: {
        "balances in turn": refresh_balances,
        "moves of wallets": judge_moves,
        "own tokens": read_own_tokens,
    },
    Queue.WHALE_SEARCH: {"scores of whales": score_whales},
}
"""What a worker does besides its jobs, because time passes."""
_READS_THE_CHAIN = frozenset({Queue.SECURITY_SCAN, Queue.BALANCE_CHECK, Queue.WHALE_SEARCH})


def run_worker(queue: Queue, settings: Settings) -> int:
    """The life of the worker of one queue; the exit code."""
    os.nice(QUEUE_RULES[queue].niceness)
    owner = _owner(settings)
    client = open_blocking_redis(settings.redis_url.reveal(), on_attempt=beat_main_thread)

    def listen(count: int, process: Process) -> None:
        serve(queue, client, name=f"{owner}-{count}", stopping=process)

    return Process(lambda stop: _open_worker(queue, settings, owner, stop)).serve(listen)


async def run_dispatcher(settings: Settings, stop: Stop) -> None:
    """The life of a dispatcher."""
    async with AsyncExitStack() as stack:
        health = await _monitored(stack, settings)
        if not await wait_for_database(settings.database_url.reveal(), stop):
            return
        database = await _database(stack, settings)
        redis = await _redis(stack, settings)
        client = stack.enter_context(open_queue_redis(settings.redis_url.reveal()))
        wake_ups = WakeUps(redis, ALERTS_CHANNEL)
        stack.push_async_callback(wake_ups.close)
        dispatch = Dispatch(
            database=database,
            queues=Queues(client),
            wake_ups=wake_ups,
            call_senders=lambda: wake(redis, DELIVERIES_CHANNEL),
            config=DispatcherConfig(
                coalesce_seconds=settings.coalesce_seconds,
                hourly_limits=parse_hourly_limits(settings.hourly_limits),
                stable_seconds=settings.outage_seconds,
                chain=settings.chain,
                canary_seconds=settings.canary_seconds,
            ),
            redis_servers={"queues": redis, "caches": _cache_client(stack, settings)},
            folder=settings.data_dir,
        )
        heartbeat = _heartbeat(stack, database, settings, "dispatcher")
        async with nursery(stop) as tasks:
            tasks.start_forever("heartbeat", lambda: heartbeat.run(stop))
            start_stages(tasks, dispatch, stop)
            _begin(health, database)
            log.info("Ready")
            await stop.wait()


@asynccontextmanager
async def _open_worker(queue: Queue, settings: Settings, owner: str, stop: Stop) -> AsyncIterator[Context]:
    async with AsyncExitStack() as stack:
        health = await _monitored(stack, settings)
        await asyncio.to_thread(load_languages)
        if not await wait_for_database(settings.database_url.reveal(), stop):
            raise DatabaseUnavailable("stopped while it waited for PostgreSQL")
        database = await _database(stack, settings)
        redis = await _redis(stack, settings)
        telegram = await _telegram(stack, settings, queue)
        limiter = _limiter(settings, redis, telegram)
        cached = _cached_facts(stack, settings, database)
        context = Context(
            settings=settings,
            owner=owner,
            database=database,
            telegram=Replies(
                telegram, ChatLimits(limiter=limiter), StoredDestinations(database, caches=cached.caches)
            ),
            cached=cached,
            callbacks=Callbacks(settings.bot_token.reveal()),
            rpc=await _nodes(stack, settings) if queue in _READS_THE_CHAIN else None,
            job_queues=_queues(stack, settings) if queue in _USES_QUEUES else None,
        )
        heartbeat = _heartbeat(stack, database, settings, queue.value)
        tasks = await stack.enter_async_context(nursery(stop))
        tasks.start_forever("heartbeat", lambda: heartbeat.run(stop))
        tasks.start_forever("caches", lambda: context.cached.caches.listen(stop))
        for name, work in _BY_THE_CLOCK.get(queue, {}).items():
            tasks.start_forever(name, partial(work, context, stop))
        if queue is Queue.NOTIFICATIONS:
            senders = {
                "sender": message_sender(context, telegram, limiter),
                "sender of pushes": push_sender(context, stack),
            }
            context = replace(context, wake=_start_senders(stack, tasks, senders, redis, stop))
        elif runner := _runner(context, queue):
            stack.push_async_callback(_drain, tasks.start_forever("answers", lambda: runner.run(stop)))
            context = replace(context, wake=runner.wake)
        _begin(health, database)
        yield context


def _limiter(settings: Settings, redis: RedisClient, telegram: Methods) -> Limiter:
    breaker = CircuitBreaker(SharedCircuit(redis, TELEGRAM), telegram.probe)
    return Limiter(Limits(redis), rate=settings.telegram_rate, breaker=breaker)


async def _nodes(stack: AsyncExitStack, settings: Settings) -> RpcPool:
    return await stack.enter_async_context(open_rpc(settings.rpc_urls, pool_config(settings)))


def _runner(context: Context, queue: Queue) -> QuestionRunner | None:
    """Return what answers the questions of this queue; None: it has none."""
    handlers = {kind: HANDLERS[kind] for kind, of in QUESTION_QUEUES.items() if of is queue}
    if not handlers:
        return None
    rules = QUEUE_RULES[queue]
    concurrency = parse_concurrency(context.settings.queue_concurrency).get(queue, rules.concurrency)
    return QuestionRunner(context, handlers, rules, concurrency=concurrency)


def _start_senders(
    stack: AsyncExitStack, tasks: Nursery, senders: Mapping[str, Sender], redis: RedisClient, stop: Stop
) -> Callable[[], None]:
    """Let senders run, by name, and be woken by what the dispatcher calls; what wakes them."""
    wake_ups = WakeUps(redis, DELIVERIES_CHANNEL)
    stack.push_async_callback(wake_ups.close)
    wake_all = partial(_wake, list(senders.values()))
    tasks.start_forever("wake-ups", lambda: _wake_senders(wake_all, wake_ups, stop))
    for name, sender in senders.items():
        stack.push_async_callback(_drain, tasks.start_forever(name, partial(sender.run, stop)))
    return wake_all


async def _wake_senders(wake: Callable[[], None], wake_ups: WakeUps, stop: Stop) -> None:
    """Pass on what the dispatcher calls."""
    while not stop.is_set():
        if await wake_ups.wait(_LISTEN_SECONDS):
            wake()


def _wake(senders: Sequence[Sender]) -> None:
    for sender in senders:
        sender.wake()


def _cached_facts(stack: AsyncExitStack, settings: Settings, database: Database) -> CachedFacts:
    return open_cached_facts(Caches(_cache_client(stack, settings)), database, chain=settings.chain)


def _cache_client(stack: AsyncExitStack, settings: Settings) -> RedisClient:
    client = open_redis(settings.cache_url.reveal(), text=False)
    stack.push_async_callback(client.aclose)
    return client


def _queues(stack: AsyncExitStack, settings: Settings) -> Queues:
    return Queues(stack.enter_context(open_queue_redis(settings.redis_url.reveal())))


async def _drain(task: asyncio.Task[None]) -> None:
    """Let the sender finish what is in flight."""
    with suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_SECONDS):
            await task


async def _telegram(stack: AsyncExitStack, settings: Settings, queue: Queue) -> Methods:
    usual = sends_at_once(settings.telegram_rate)
    bounded = parse_concurrency(settings.queue_concurrency).get(Queue.NOTIFICATIONS, min(usual, CONNECTIONS))
    connections = bounded if queue is Queue.NOTIFICATIONS else CONNECTIONS
    telegram = Methods(
        settings.bot_token.reveal(),
        settings.telegram_api_url,
        connections=connections,
        rate=settings.telegram_rate,
    )
    await telegram.open()
    stack.push_async_callback(telegram.close)
    return telegram


async def _database(stack: AsyncExitStack, settings: Settings) -> Database:
    low, high = settings.db_pool_min, settings.db_pool_max
    database = await open_database(settings.database_url.reveal(), min_size=low, max_size=high)
    stack.push_async_callback(database.close)
    return database


async def _redis(stack: AsyncExitStack, settings: Settings) -> RedisClient:
    """A client of the server that keeps its queues; an unavailable one does not prevent the start."""
    client = open_redis(url := settings.redis_url.reveal())
    stack.push_async_callback(client.aclose)
    try:
        async with open_redis(url, answer_seconds=ANSWER_SECONDS) as patient:
            await check_queue_server(patient)
    except QueueUnavailable as error:
        log.warning("Work is found by polling PostgreSQL: %s", error)
    return client


def _heartbeat(stack: AsyncExitStack, database: Database, settings: Settings, program: str) -> Heartbeat:
    heartbeat = Heartbeat(database, instance_id=settings.instance_id, program=program, region=settings.region)
    stack.push_async_callback(heartbeat.leave)
    return heartbeat


async def _monitored(stack: AsyncExitStack, settings: Settings) -> Health:
    """The health of this process, served from now on: it waits for PostgreSQL."""
    health = Health()
    health.wait_for("PostgreSQL")
    await stack.enter_async_context(monitor(settings.metrics_port, health, host=settings.metrics_host))
    return health


def _begin(health: Health, database: Database) -> None:
    """From now on the work can be done while PostgreSQL answers."""

    async def answers() -> CheckResult:
        return healthy("answers") if await database.fetchval("SELECT 1") == 1 else unhealthy("nonsense")

    health.add("database", answers)
    health.begin()


def _owner(settings: Settings) -> str:
    """Names one life of a process: a restarted one must not be taken for the one before."""
    return f"{settings.instance_id}-{secrets.token_hex(4)}"
