"""A Redis server that hangs costs one short time-out; then it counts as away until it answers one of us.

The breaker stands where connections are taken and answers are read, so that it holds for whatever is asked:
commands, pipelines, scripts and subscriptions, of RQ's too.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import threading
from collections.abc import Mapping
from typing import Any

import hiredis
import redis.asyncio.connection as asynchronous
import redis.connection as blocking
import redis.sentinel as blocking_sentinel
from redis.asyncio import sentinel
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import DataError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from runtime.clock import monotonic
from runtime.processes.lifecycle import every_cancellation

log = logging.getLogger(__name__)

REST_SECONDS = 3.0
"""After a time-out nobody asks for so long; then one asks for all."""
LATE_SECONDS = 0.25
"""A time-out that is noticed so much later than it was due says that this process was held up."""
_WAITING_COMMANDS = frozenset({"BLMOVE", "BLPOP", "BRPOP", "BRPOPLPUSH"})
"""The last argument of each says how many seconds the server waits for something to answer with."""


class RedisBreaker:
    """Whether a server is asked, for all clients of it in this process, whichever thread they are in."""

    def __init__(self, rest_seconds: float = REST_SECONDS) -> None:
        self._rest_seconds = rest_seconds
        self._lock = threading.Lock()
        self._is_away = False
        self._rests_until = 0.0
        self._answered_at = 0.0

    @property
    def is_away(self) -> bool:
        """Whether it counts as unavailable."""
        return self._is_away

    def check(self) -> None:
        """Return if the server may be asked.

        Raises:
            RedisConnectionError: it did not answer a moment ago, or somebody asks for all just now.
        """
        if not self._is_away:
            return
        with self._lock:
            now = monotonic()
            if now < self._rests_until:
                raise RedisConnectionError("Redis did not answer in time; it is asked again in a moment")
            self._rests_until = now + self._rest_seconds

    def answered(self) -> None:
        """The server answers."""
        self._answered_at = monotonic()
        if self._is_away:
            log.info("Redis answers again")
            self._is_away, self._rests_until = False, 0.0

    def timed_out(self, *, since: float, seconds: float) -> None:
        """The server let a question wait for too long.

        It does not hang if it has answered another question meanwhile, or if this process itself was late.

        Args:
            since: when it was asked, or its wait at the server was over, by the monotonic clock.
            seconds: how long it might take from then on.
        """
        now = monotonic()
        if self._answered_at >= since or now - since > seconds + LATE_SECONDS:
            return
        with self._lock:
            if not self._is_away:
                log.warning("Redis does not answer in time; the process goes on without it")
            self._is_away = True
            self._rests_until = now + self._rest_seconds


@functools.cache
def breaker_of(host: str, port: int) -> RedisBreaker:
    """The one breaker of this process for a server."""
    del host, port  # they are the key
    return RedisBreaker()


class BreakingPool(asynchronous.ConnectionPool):
    """Gives no connection to a server that hangs."""

    def __init__(self, connection_class: Any = asynchronous.Connection, **options: Any) -> None:
        super().__init__(connection_class=_with_breaker(_Connection, connection_class), **options)
        self._breaker = _breaker_of(options)

    async def get_connection(self, *arguments: Any, **options: Any) -> Any:
        """A connection, if the server may be asked."""
        self._breaker.check()
        return await super().get_connection(*arguments, **options)  # type: ignore[no-untyped-call]


class BlockingBreakingPool(blocking.ConnectionPool):
    """The same for threads."""

    def __init__(self, connection_class: Any = blocking.Connection, **options: Any) -> None:
        super().__init__(connection_class=_with_breaker(_BlockingConnection, connection_class), **options)
        self._breaker = _breaker_of(options)

    def get_connection(self, *arguments: Any, **options: Any) -> blocking.Connection:
        """A connection, if the server may be asked."""
        self._breaker.check()
        return super().get_connection(*arguments, **options)


class BreakingSentinelPool(sentinel.SentinelConnectionPool):
    """The same where sentinels name the server: after a fail-over its connections go to the new primary.

    Args:
        service: what the sentinels call the server; the breaker is of that name, whichever host it is.
        manager: knows the sentinels; it is closed with the pool.
        options: of connections; `ssl` chooses their kind.
    """

    def __init__(self, service: str, manager: sentinel.Sentinel, **options: Any) -> None:
        kinds = (sentinel.SentinelManagedConnection, sentinel.SentinelManagedSSLConnection)
        base = kinds[options.pop("ssl", False)]
        super().__init__(  # type: ignore[no-untyped-call]
            service, manager, connection_class=_with_breaker(_Connection, base), **options
        )
        self._breaker = breaker_of(service, 0)

    async def get_connection(self, *arguments: Any, **options: Any) -> Any:
        """A connection, if the server may be asked."""
        self._breaker.check()
        return await super().get_connection(*arguments, **options)  # type: ignore[no-untyped-call]

    async def aclose(self) -> None:
        """Close the connections, those to the sentinels too."""
        await super().aclose()
        for one in self.sentinel_manager.sentinels:
            await one.aclose()


class BlockingBreakingSentinelPool(blocking_sentinel.SentinelConnectionPool):
    """The same for threads.

    Args:
        service: what the sentinels call the server.
        manager: knows the sentinels; it is closed with the pool.
        options: of connections; `ssl` chooses their kind.
    """

    def __init__(self, service: str, manager: blocking_sentinel.Sentinel, **options: Any) -> None:
        kinds = (blocking_sentinel.SentinelManagedConnection, blocking_sentinel.SentinelManagedSSLConnection)
        base = kinds[options.pop("ssl", False)]
        super().__init__(  # type: ignore[no-untyped-call]
            service, manager, connection_class=_with_breaker(_BlockingConnection, base), **options
        )
        self._breaker = breaker_of(service, 0)

    def get_connection(self, *arguments: Any, **options: Any) -> blocking.Connection:
        """A connection, if the server may be asked."""
        self._breaker.check()
        return super().get_connection(*arguments, **options)

    def close(self) -> None:
        """Close the connections, those to the sentinels too."""
        super().close()
        for one in self.sentinel_manager.sentinels:
            one.close()


class _Connection(asynchronous.AbstractConnection):
    """Tells the breaker of its server what is answered, and what is not."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._breaker = _breaker_of(options)

    async def connect(self) -> None:
        """Connect."""
        began = monotonic()
        try:
            await super().connect()  # type: ignore[no-untyped-call]
        except RedisTimeoutError:
            self._breaker.timed_out(since=began, seconds=self.socket_connect_timeout or 0.0)
            raise

    def pack_command(self, *args: Any) -> list[bytes]:
        """The bytes of a command, for a tenth of what the library's own way costs here.

        Raises:
            DataError: an argument is neither text nor bytes nor a number.
        """
        if " " in args[0]:  # as SCRIPT LOAD
            args = (*args[0].split(), *args[1:])
        try:
            return [hiredis.pack_command(args)]
        except TypeError as error:
            raise DataError(str(error)) from error

    async def send_packed_command(self, command: Any, check_health: bool = True) -> None:  # noqa: FBT001, FBT002 - the library's own shape
        """Ask; while there is room, without a time-out, which would be a task of its own for each command."""
        if check_health and self.is_connected:
            await self.check_health()  # type: ignore[no-untyped-call]
        writer = self._writer
        if writer is not None and _has_room(writer) and not isinstance(command, bytes | str):
            writer.writelines(command)
            return
        try:
            with every_cancellation():
                await super().send_packed_command(command, check_health=check_health)
        except asyncio.CancelledError:
            await self.disconnect(nowait=True)  # nobody will read the answer
            raise

    async def read_response(self, *arguments: Any, **options: Any) -> Any:
        """Wait for an answer; with a time-out of its own it is a subscription that waits for news."""
        began = monotonic()
        try:
            answer = await super().read_response(*arguments, **options)
        except RedisTimeoutError:
            self._breaker.timed_out(since=began, seconds=self.socket_timeout or 0.0)
            raise
        except ResponseError:
            self._breaker.answered()
            raise
        if answer is not None or options.get("timeout") is None:
            self._breaker.answered()
        return answer


class _BlockingConnection(blocking.AbstractConnection):
    """The same for threads; a command that waits at the server, as for a job, may take longer by that."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._breaker = _breaker_of(options)
        self._server_waits = 0.0

    def connect(self) -> None:
        """Connect."""
        began = monotonic()
        try:
            super().connect()  # type: ignore[no-untyped-call]
        except RedisTimeoutError:
            self._breaker.timed_out(since=began, seconds=self.socket_connect_timeout or 0.0)
            raise

    def send_command(self, *arguments: Any, **options: Any) -> None:
        """Ask, and note how long the server may wait before it answers."""
        super().send_command(*arguments, **options)  # type: ignore[no-untyped-call]
        self._server_waits = float(arguments[-1]) if arguments[0] in _WAITING_COMMANDS else 0.0

    def read_response(self, *arguments: Any, **options: Any) -> Any:
        """Wait for an answer; with a time-out of its own it is a subscription that waits for news."""
        due, self._server_waits = self._server_waits, 0.0
        seconds, is_subscription = self.socket_timeout or 0.0, "timeout" in options
        if due and not is_subscription:
            options["timeout"] = due + seconds
        due += monotonic()
        try:
            answer = super().read_response(*arguments, **options)
        except RedisTimeoutError:
            if not is_subscription:
                self._breaker.timed_out(since=due, seconds=seconds)
            raise
        except ResponseError:
            self._breaker.answered()
            raise
        self._breaker.answered()
        return answer


def _has_room(writer: asyncio.StreamWriter) -> bool:
    """Whether it is open, and all that was written so far is on its way."""
    return not writer.transport.is_closing() and writer.transport.get_write_buffer_size() == 0


@functools.cache
def _with_breaker(mixin: Any, base: Any) -> Any:
    """A kind of connection, such as one through TLS, that tells the breaker."""
    return type(f"Breaking{base.__name__}", (mixin, base), {})


def _breaker_of(options: Mapping[str, Any]) -> RedisBreaker:
    if "connection_pool" in options:  # of sentinels
        return breaker_of(options["connection_pool"].service_name, 0)
    return breaker_of(str(options.get("host", options.get("path", ""))), int(options.get("port", 0)))
