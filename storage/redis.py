"""Access to Redis or Valkey: clients with time-outs, and a check that the server keeps its keys."""

from collections.abc import Callable, Mapping
from typing import Any

import redis as blocking
import redis.sentinel as blocking_sentinel
from redis.asyncio import Redis, sentinel
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError, RedisError, ResponseError
from redis.retry import Retry as BlockingRetry

from domain.errors import Misconfigured, QueueUnavailable
from runtime.settings.sentinel import SentinelAddress, is_sentinel_url, sentinel_address
from storage.redis_breaker import (
    BlockingBreakingPool,
    BlockingBreakingSentinelPool,
    BreakingPool,
    BreakingSentinelPool,
)

RedisClient = Redis
"""For modules that pass a client on and do not import redis."""

QUICK_SECONDS = 0.75
"""Whoever waits for this long continues without Redis."""
CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 5.0
"""For large answers, and for programs that cannot work without Redis."""
FAULTS = (RedisError, OSError)
"""What a client raises if the server is absent, full or hanging; callers continue without Redis."""


def open_redis(url: str, *, text: bool = True, answer_seconds: float = QUICK_SECONDS) -> Redis:
    """A client that tries twice to connect and has time-outs. It does not connect yet.

    Args:
        url: of the server.
        text: whether it returns text, or bytes.
        answer_seconds: how long an answer may take.
    """
    options: dict[str, Any] = {
        "decode_responses": text,
        "socket_connect_timeout": min(CONNECT_SECONDS, answer_seconds),
        "socket_timeout": answer_seconds,
        "health_check_interval": 30,
        "retry": Retry(ExponentialBackoff(0.5, 0.05), 1, supported_errors=(RedisConnectionError,)),
    }
    if not is_sentinel_url(url):
        return Redis.from_pool(BreakingPool.from_url(url, **options))
    address = sentinel_address(url)
    asked = {**_of_sentinels(address, options), "retry": Retry(NoBackoff(), 0)}
    manager = sentinel.Sentinel(address.sentinels, sentinel_kwargs=asked)  # type: ignore[no-untyped-call]
    return Redis.from_pool(BreakingSentinelPool(address.service, manager, **_of_server(address), **options))


def _of_sentinels(address: SentinelAddress, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return how to connect to the sentinels; each is asked once, for there are others."""
    return {
        "username": address.sentinel_username,
        "password": address.sentinel_password,
        "socket_connect_timeout": options["socket_connect_timeout"],
        "socket_timeout": options["socket_timeout"],
    }


def _of_server(address: SentinelAddress) -> dict[str, Any]:
    """Return how to connect to the server that they name."""
    server = {"db": address.database, "username": address.username, "password": address.password}
    return {**server, "ssl": True} if address.tls else server


class _ReportingRetry(BlockingRetry):
    """Reports each attempt, so that the breaker of an unavailable server is informed."""

    def __init__(self, on_attempt: Callable[[], None]) -> None:
        super().__init__(NoBackoff(), 0)
        self._on_attempt = on_attempt

    def call_with_retry(self, do: Callable[[], Any], *args: Any, **kwargs: Any) -> Any:
        """Report the attempt and do it."""

        def attempt() -> Any:
            self._on_attempt()
            return do()

        return super().call_with_retry(attempt, *args, **kwargs)


def open_blocking_redis(url: str, *, on_attempt: Callable[[], None] = lambda: None) -> blocking.Redis:
    """A client for a worker of RQ, which needs bytes; its wait for a job comes on top of the time-out.

    Args:
        url: of the server.
        on_attempt: called, in the thread that asks, before each attempt to get an answer.
    """
    options: dict[str, Any] = {
        "retry": _ReportingRetry(on_attempt),
    }
    return _open_blocking(url, options)


def open_queue_redis(url: str) -> blocking.Redis:
    """A client for programs that enqueue jobs and look at queues while people wait."""
    options: dict[str, Any] = {
        "retry": BlockingRetry(ExponentialBackoff(0.5, 0.05), 1, supported_errors=(RedisConnectionError,)),
    }
    return _open_blocking(url, options)


def _open_blocking(url: str, special: Mapping[str, Any]) -> blocking.Redis:
    options: dict[str, Any] = {
        "socket_connect_timeout": QUICK_SECONDS,
        "socket_timeout": QUICK_SECONDS,
        "health_check_interval": 30,
        **special,
    }
    if not is_sentinel_url(url):
        return blocking.Redis.from_pool(BlockingBreakingPool.from_url(url, **options))
    address = sentinel_address(url)
    asked = {**_of_sentinels(address, options), "retry": BlockingRetry(NoBackoff(), 0)}
    manager = blocking_sentinel.Sentinel(  # type: ignore[no-untyped-call]
        address.sentinels, sentinel_kwargs=asked
    )
    pool = BlockingBreakingSentinelPool(address.service, manager, **_of_server(address), **options)
    return blocking.Redis.from_pool(pool)


def write_refusal(client: blocking.Redis, key: str) -> str:
    """Why a server that answers takes no writes: OOM, MISCONF, READONLY; empty: it takes them.

    Args:
        client: of the server.
        key: to write for a second.

    Raises:
        RedisError: it does not answer.
    """
    try:
        client.set(key, "", px=1_000)
    except ResponseError as error:
        return f"{error} unknown".split()[0] if not isinstance(error, OutOfMemoryError) else "OOM"
    return ""


async def check_queue_server(client: Redis) -> None:
    """Refuse a server that may delete queues to make room.

    Raises:
        Misconfigured: its policy evicts keys without a time to live.
        QueueUnavailable: it does not answer.
    """
    try:
        policy = (await client.config_get("maxmemory-policy")).get("maxmemory-policy") or ""
    except ResponseError:
        return  # a server that hides its configuration cannot be checked
    except FAULTS as error:
        raise QueueUnavailable("Redis does not answer at REDIS_URL; is the server up?") from error
    if policy.startswith("allkeys-"):
        raise Misconfigured(
            f"REDIS_URL names a server with maxmemory-policy {policy}, which deletes queued jobs to make"
            " room. Set maxmemory-policy to noeviction there; caches may live elsewhere, at CACHE_URL."
        )
