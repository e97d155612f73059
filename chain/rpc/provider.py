"""One RPC provider: its connections, the name it is shown by, and how it has been doing."""

import random
from collections.abc import Sequence
from urllib.parse import urlsplit, urlunsplit

from chain.rpc.config import DEFAULT, PoolConfig
from chain.rpc.connections import Connections
from chain.rpc.errors import Broken, NodeFault
from chain.rpc.rate_budget import RateBudget
from runtime.clock import monotonic
from runtime.observability.metrics import rpc_breaker_state
from runtime.processes.backoff import Backoff
from runtime.settings.secret import Secret

LAGGING_SLOTS = 50
"""A provider that is so far behind the others is asked after them."""
_REST = Backoff(first_wait=0.5, factor=2.0, max_wait=30.0)
_IN_USE, _ON_TRIAL, _AVOIDED = 0, 1, 2
_MEMORY = 0.1
"""How much of the usual latency the newest answer makes up."""


class Provider:
    """A node we may ask. Its address may hold a key, so only `name` is ever shown."""

    def __init__(self, name: str, url: Secret, config: PoolConfig = DEFAULT) -> None:
        self.name = name
        self.budget = RateBudget(per_second=config.per_second, per_day=config.per_day)
        self.batches = config.batch
        """Questions that it takes in one request; 0: one by one."""
        self.asked = 0
        self.failures = 0
        """Of all that was asked."""
        self.latency: float | None = None
        """Seconds that it usually takes; None: it never answered."""
        self.slot = 0
        """The newest slot it told of."""
        self.asked_at = 0.0
        self._url = url
        self._config = config
        self._connections: Connections | None = None
        self._in_a_row = 0
        self._rests_until = 0.0
        self._failed_at = 0.0
        rpc_breaker_state.labels(name).set(_IN_USE)

    def __repr__(self) -> str:
        return f"Provider({self.name})"

    @property
    def connections(self) -> Connections:
        """The way to it, opened when it is first asked."""
        if self._connections is None:
            self._connections = Connections(self.name, self._url, self._config)
        return self._connections

    @property
    def rest(self) -> float:
        """Seconds until it should be asked again; 0: now."""
        return max(0.0, self._rests_until - monotonic(), self.budget.wait)

    def answered(self, seconds: float) -> None:
        """It gave what was asked for, in so many seconds."""
        before = seconds if self.latency is None else self.latency
        self.latency = before + _MEMORY * (seconds - before)
        if self._in_a_row:
            self._in_a_row = 0
            rpc_breaker_state.labels(self.name).set(_IN_USE)

    def failed(self, fault: NodeFault, *, began: float | None = None) -> None:
        """It did not; rest it as long as it asked for, or longer each time.

        Args:
            fault: what it came to.
            began: when it was asked, by the monotonic clock. Of what was asked before it last failed, a
                failure is the same trouble: many at the same time count once.
        """
        self.failures += 1
        if not fault.rests:
            return
        if began is None or began >= self._failed_at:
            self._in_a_row += 1
        self._failed_at = monotonic()
        pause = fault.retry_after
        if pause is None:
            pause = _REST.wait(self._in_a_row, random.random())  # noqa: S311 - spreads retries
        self._rests_until = max(self._rests_until, monotonic() + pause)
        rpc_breaker_state.labels(self.name).set(_AVOIDED)

    def left(self, began: float) -> None:
        """Nobody waits for it any longer; if it was asked so long ago that it got company, it rests, too."""
        patience = self._config.hedge_seconds
        if patience and monotonic() - began >= patience:
            self.failed(Broken("overtaken by another", provider=self.name), began=began)

    def tried(self, requests: int = 1) -> None:
        """It is being asked."""
        self.asked += requests
        self.asked_at = monotonic()
        self.budget.spend(requests)
        if self._in_a_row:
            rpc_breaker_state.labels(self.name).set(_ON_TRIAL)

    def describe(self, newest_slot: int) -> str:
        """How it does, in one line for operators; `newest_slot` is the newest that any provider told of."""
        in_use = 0 if self._connections is None else self._connections.in_use
        parts = [f"{in_use}/{self._config.connections_max} in use", f"{self.asked:,} asked"]
        if self.failures:
            parts.append(f"{self.failures:,} failed")
        if self.latency is not None:
            parts.append(f"{self.latency * 1000:.0f} ms")
        if self.slot:
            parts.append(f"{newest_slot - self.slot:,} slots behind")
        if self.budget.per_day:
            parts.append(f"{self.budget.spent:,} of {self.budget.per_day:,} today")
        if self.rest:
            parts.append(f"rests {self.rest:.1f} s")
        return ", ".join(parts)

    async def close(self) -> None:
        """Close its connections."""
        if self._connections is not None:
            await self._connections.close()


def providers(urls: Sequence[Secret], config: PoolConfig = DEFAULT) -> tuple[Provider, ...]:
    """The providers at these addresses, best first, each with a name of its own."""
    names: list[str] = []
    for url in urls:
        name = host_name(url)
        names.append(f"{name}#{len(names) + 1}" if name in names else name)
    return tuple(Provider(name, url, config) for name, url in zip(names, urls, strict=True))


def host_name(url: Secret) -> str:
    """Host, and port where one is given: never user, password, path or query."""
    parts = urlsplit(url.reveal())
    return (parts.hostname or "?") + (f":{parts.port}" if parts.port else "")


def stream_urls(rpc_urls: Sequence[Secret], ws_urls: Sequence[Secret]) -> tuple[Secret, ...]:
    """The WebSocket addresses: as given, or made from the HTTP ones as nodes have it.

    A node that names its port listens one port higher; a hosted one has the same address.
    """
    return tuple(ws_urls) or tuple(_stream_url(url) for url in rpc_urls)


def _stream_url(url: Secret) -> Secret:
    parts = urlsplit(url.reveal())
    scheme = "wss" if parts.scheme == "https" else "ws"
    netloc = parts.netloc
    if parts.port is not None:
        netloc = f"{netloc.rpartition(':')[0]}:{parts.port + 1}"
    return Secret(urlunsplit((scheme, netloc, parts.path, parts.query, "")))
