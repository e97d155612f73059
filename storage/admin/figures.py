"""Figures of the servers for metrics: PostgreSQL, Redis, queues, leases, partitions, people, processes.

The dispatcher reads them repeatedly; nothing is decided by them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rq.job import Job
from rq.queue import Queue as RqQueue
from rq.registry import FailedJobRegistry, StartedJobRegistry
from rq.utils import str_to_date
from rq.worker_registration import WORKERS_BY_QUEUE_KEY

from domain.canary import CANARY_CHAT
from domain.errors import QueueUnavailable
from domain.jobs import Queue
from runtime.clock import monotonic
from storage.postgres import Database
from storage.redis import FAULTS, RedisClient

_SILENT_SECONDS = 30

# pg_stat_activity and pg_stat_replication show what others do only to members of pg_monitor.
FIGURES = f"""
SELECT pg_database_size(current_database()) AS bytes,
    (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS backends,
    current_setting('max_connections')::int AS backends_max,
    (SELECT coalesce(extract(epoch FROM now() - min(xact_start)), 0)::float8
     FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid())
        AS oldest_transaction_seconds,
    (SELECT coalesce(extract(epoch FROM max(replay_lag)), 0)::float8 FROM pg_stat_replication)
        AS replica_lag_seconds,
    (SELECT count(*) FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
     WHERE inhparent = 'activities'::regclass
       AND child.relname > 'activities_' || to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD')
       AND child.relname <> 'activities_default') AS partitions_ahead,
    (SELECT coalesce(sum(n_live_tup), 0)::bigint FROM pg_stat_user_tables
     WHERE relname = 'activities_default') AS default_rows,
    (SELECT count(*) FROM leases WHERE expires_at > now()) AS leases,
    (SELECT count(*) FROM chats WHERE closed_at IS NULL AND chat_id <> {CANARY_CHAT}) AS chats,
    (SELECT count(DISTINCT chat_id) FROM updates
     WHERE is_request AND received_at > now() - interval '1 day') AS chats_active,
    (SELECT count(DISTINCT wallet_id) FROM watches WHERE chat_id <> {CANARY_CHAT}) AS watched_wallets
"""  # noqa: S608 - a constant only

INSTANCES = """
SELECT program, count(*) FILTER (WHERE heartbeat_at > now() - make_interval(secs => $1)) AS alive,
       count(*) FILTER (WHERE heartbeat_at <= now() - make_interval(secs => $1)) AS silent
FROM instances WHERE heartbeat_at > now() - interval '1 hour' GROUP BY program
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseFigures:
    """PostgreSQL at one moment."""

    bytes: int
    backends: int
    backends_max: int
    oldest_transaction_seconds: float
    replica_lag_seconds: float
    """Of the slowest replica; 0: there is none, or the role may not see it."""
    partitions_ahead: int
    """Days from tomorrow on that have a partition of activities."""
    default_rows: int
    """Activities in the default partition, as statistics estimate them."""
    leases: int
    chats: int
    chats_active: int
    """Chats that sent a request within a day."""
    watched_wallets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisFigures:
    """A Redis server at one moment."""

    ping_seconds: float
    memory_bytes: int
    memory_max_bytes: int
    """0: no limit."""
    clients: int
    keys: int
    evicted_keys: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFigures:
    """A queue of RQ at one moment."""

    queued: int
    started: int
    failed: int
    workers: int
    oldest_seconds: float
    """How long the first job has waited; 0: none does."""


async def database_figures(database: Database) -> DatabaseFigures:
    """Read the figures of PostgreSQL.

    Raises:
        DatabaseUnavailable: it does not answer.
    """
    row = await database.fetchrow(FIGURES)
    assert row is not None  # noqa: S101 - a SELECT without FROM a table always has a row
    return DatabaseFigures(**dict(row))


async def instances_by_state(database: Database) -> Mapping[str, tuple[int, int]]:
    """How many processes of each program have a heartbeat of the last 30 s, and how many an older one."""
    rows = await database.fetch(INSTANCES, _SILENT_SECONDS)
    return {row["program"]: (row["alive"], row["silent"]) for row in rows}


async def redis_figures(client: RedisClient) -> RedisFigures:
    """Read the figures of a Redis server.

    Raises:
        QueueUnavailable: it does not answer.
    """
    try:
        began = monotonic()
        await client.ping()
        ping_seconds = monotonic() - began
        info = await client.info()
        keys = await client.dbsize()
    except FAULTS as error:
        raise QueueUnavailable(f"Redis: {type(error).__name__}") from error
    return RedisFigures(
        ping_seconds=ping_seconds,
        memory_bytes=int(info.get("used_memory", 0)),
        memory_max_bytes=int(info.get("maxmemory", 0)),
        clients=int(info.get("connected_clients", 0)),
        keys=int(keys),
        evicted_keys=int(info.get("evicted_keys", 0)),
    )


async def queue_figures(client: RedisClient) -> Mapping[Queue, QueueFigures]:
    """Count the jobs and workers of every queue, in one round trip, and one more for the age of what waits.

    Raises:
        QueueUnavailable: Redis does not answer.
    """
    pipeline = client.pipeline(transaction=False)
    for queue in Queue:
        pipeline.llen(f"{RqQueue.redis_queue_namespace_prefix}{queue.value}")
        pipeline.zcard(StartedJobRegistry.key_template.format(queue.value))
        pipeline.zcard(FailedJobRegistry.key_template.format(queue.value))
        pipeline.scard(WORKERS_BY_QUEUE_KEY % queue.value)
        pipeline.lindex(f"{RqQueue.redis_queue_namespace_prefix}{queue.value}", 0)
    try:
        answers = await pipeline.execute()
        ages = await _ages(client, answers[4::5])
    except FAULTS as error:
        raise QueueUnavailable(f"queues: {type(error).__name__}") from error
    rows = zip(Queue, *(answers[start::5] for start in range(4)), ages, strict=True)
    return {
        queue: QueueFigures(
            queued=queued, started=started, failed=failed, workers=workers, oldest_seconds=age
        )
        for queue, queued, started, failed, workers, age in rows
    }


async def _ages(client: RedisClient, job_ids: Sequence[str | None]) -> list[float]:
    """How long each of these jobs has waited, in seconds; 0: there is none, or its record cannot be read."""
    pipeline = client.pipeline(transaction=False)
    pipeline.time()
    for job_id in job_ids:
        pipeline.hget(f"{Job.redis_job_namespace_prefix}{job_id}", "enqueued_at")
    (seconds, _), *enqueued = await pipeline.execute()
    return [_age(text, seconds) for text in enqueued]


def _age(text: str | None, seconds: int) -> float:
    try:
        return max(0.0, seconds - str_to_date(text).timestamp()) if text else 0.0
    except ValueError:
        return 0.0
