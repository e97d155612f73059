"""Stages of the dispatcher that set the gauges of what all programs share.

Several dispatchers set the same figures; whoever reads them takes the largest of a name.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
from pathlib import Path

from domain.errors import QueueUnavailable, Unavailable
from domain.jobs import QUESTION_QUEUES, Queue
from runtime.clock import monotonic
from runtime.observability import metrics
from runtime.processes.lifecycle import Stop
from storage.admin.canary import canary_age, release_canary
from storage.admin.figures import database_figures, instances_by_state, queue_figures, redis_figures
from storage.admin.statistics import refresh_statistics
from storage.coordination.leases import take_lease
from storage.pushes.claims import push_backlog, webhooks_by_state
from storage.redis import RedisClient
from workers.stages import Dispatch

STATISTICS = "statistics"
"""The lease of the dispatcher that stores the snapshot."""
STATISTICS_SECONDS = 15.0
_OF_QUESTIONS = frozenset(QUESTION_QUEUES.values())
"""Their jobs only wake who answers: the age is that of the question in PostgreSQL."""


async def note_database_answer(dispatch: Dispatch, _: Stop) -> None:
    """Set whether PostgreSQL answers, and how many processes of each program live."""
    try:
        known = await instances_by_state(dispatch.database)
    except Unavailable:
        metrics.db_up.set(0)
        raise
    metrics.db_up.set(1)
    for program, (alive, silent) in known.items():
        metrics.instances.labels(program, "alive").set(alive)
        metrics.instances.labels(program, "silent").set(silent)


async def note_database(dispatch: Dispatch, _: Stop) -> None:
    """Set the figures of PostgreSQL, and those of the disk of DATA_DIR."""
    total, free = await asyncio.to_thread(_disk_usage, dispatch.folder)
    metrics.disk_bytes.set(total)
    metrics.disk_free_bytes.set(free)
    found = await database_figures(dispatch.database)
    metrics.db_bytes.set(found.bytes)
    metrics.db_backends.set(found.backends)
    metrics.db_backends_max.set(found.backends_max)
    metrics.db_oldest_transaction_seconds.set(found.oldest_transaction_seconds)
    metrics.db_replica_lag_seconds.set(found.replica_lag_seconds)
    metrics.activity_partitions_ahead.set(found.partitions_ahead)
    metrics.activity_default_rows.set(found.default_rows)
    metrics.leases.set(found.leases)
    metrics.chats.set(found.chats)
    metrics.chats_active.set(found.chats_active)
    metrics.watched_wallets.set(found.watched_wallets)


def _disk_usage(folder: Path) -> tuple[int, int]:
    """Bytes of the disk on which a folder stands, or would stand once it is made; and those that are free."""
    there = next(one for one in (folder, *folder.resolve().parents) if one.exists())
    usage = shutil.disk_usage(there)
    return usage.total, usage.free


async def note_pushes(dispatch: Dispatch, _: Stop) -> None:
    """Set the gauges of waiting pushes and of webhooks."""
    waiting = await push_backlog(dispatch.database)
    metrics.pushes_pending.set(waiting.due)
    metrics.pushes_failed.set(waiting.failed)
    metrics.pushes_oldest_pending_seconds.set(waiting.oldest_seconds)
    for state, number in (await webhooks_by_state(dispatch.database)).items():
        metrics.webhooks.labels(state).set(number)


async def note_redis(dispatch: Dispatch, _: Stop) -> None:
    """Set the figures of each Redis server, and of the queues on the first."""
    for name, client in dispatch.redis_servers.items():
        await _note_server(name, client)
    if (queues := dispatch.redis_servers.get("queues")) is not None:
        for queue, found in (await queue_figures(queues)).items():
            _note_queue(queue, found.queued, found.started, found.failed)
            metrics.rq_workers.labels(queue.value).set(found.workers)
            if queue not in _OF_QUESTIONS:
                metrics.queue_oldest_seconds.labels(queue.value).set(found.oldest_seconds)


def _note_queue(queue: Queue, queued: int, started: int, failed: int) -> None:
    for state, number in (("queued", queued), ("started", started), ("failed", failed)):
        metrics.rq_jobs.labels(queue.value, state).set(number)


async def _note_server(name: str, client: RedisClient) -> None:
    try:
        found = await redis_figures(client)
    except QueueUnavailable:
        metrics.redis_up.labels(name).set(0)
        return
    metrics.redis_up.labels(name).set(1)
    metrics.redis_ping_seconds.labels(name).set(found.ping_seconds)
    metrics.redis_memory_bytes.labels(name).set(found.memory_bytes)
    metrics.redis_memory_max_bytes.labels(name).set(found.memory_max_bytes)
    metrics.redis_clients.labels(name).set(found.clients)
    metrics.redis_keys.labels(name).set(found.keys)
    metrics.redis_evicted_keys.labels(name).set(found.evicted_keys)


async def monitor_canary(dispatch: Dispatch, _: Stop) -> None:
    """Release the canary once each period, and show how long ago it last arrived."""
    config = dispatch.config
    if not config.canary_seconds or monotonic() - dispatch.began < config.canary_seconds:
        return
    await release_canary(dispatch.database, chain=config.chain, seconds=config.canary_seconds)
    age = await canary_age(dispatch.database)
    metrics.canary_age_seconds.set(monotonic() - dispatch.began if age is None else age)


async def note_statistics(dispatch: Dispatch, _: Stop) -> None:
    """Store a snapshot of the system, if no other dispatcher has just done so."""
    each_once = secrets.token_hex(8)  # so that the lease is not renewed, but runs out
    seconds = STATISTICS_SECONDS * 0.8
    if await take_lease(dispatch.database, name=STATISTICS, owner=each_once, seconds=seconds) is not None:
        await refresh_statistics(dispatch.database, chain=dispatch.config.chain)
