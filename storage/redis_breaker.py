"""A Redis server that hangs costs one short time-out; then it counts as away until it answers one of us."""

from __future__ import annotations

import functools
import logging
import threading

from redis.exceptions import ConnectionError as RedisConnectionError

from runtime.clock import monotonic

log = logging.getLogger(__name__)

REST_SECONDS = 3.0
"""After a time-out nobody asks for so long; then one asks for all."""


class RedisBreaker:
    """Whether a server is asked, for all clients of it in this process, whichever thread they are in."""

    def __init__(self, rest_seconds: float = REST_SECONDS) -> None:
        self._rest_seconds = rest_seconds
        self._lock = threading.Lock()
        self._is_away = False
        self._rests_until = 0.0

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
        if self._is_away:
            log.info("Redis answers again")
            self._is_away, self._rests_until = False, 0.0

    def timed_out(self) -> None:
        """The server let a question wait for too long."""
        with self._lock:
            if not self._is_away:
                log.warning("Redis does not answer in time; the process goes on without it")
            self._is_away = True
            self._rests_until = monotonic() + self._rest_seconds


@functools.cache
def breaker_of(host: str, port: int) -> RedisBreaker:
    """The one breaker of this process for a server."""
    del host, port  # they are the key
    return RedisBreaker()
