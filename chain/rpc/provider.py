"""One RPC provider: its HTTP connections, the name it is shown by, how it has been doing.

Connections are kept between requests, and limited. The provider's address stays in here.
"""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp

from chain.rpc.body import ACCEPTED_ENCODING, Body, ByteBudget, read_body
from chain.rpc.config import DEFAULT, PoolConfig
from chain.rpc.errors import NodeFault, UnusableAnswer
from chain.rpc.provider_state import Cooldowns, RateBudget, Trouble
from chain.rpc.response import seconds_to_wait
from chain.urls import provider_names
from runtime.clock import monotonic
from runtime.observability.metrics import rpc_breaker_state, rpc_connections, rpc_connections_max
from runtime.settings.secret import Secret

CONNECT_SECONDS = 5.0
_HEADERS = {"Content-Type": "application/json", "Accept-Encoding": ACCEPTED_ENCODING}
LAGGING_SLOTS = 50
"""A provider that is so far behind the others is asked after them."""
_IN_USE, _ON_TRIAL, _AVOIDED = 0, 1, 2
_WEIGHT_OF_NEWEST = 0.1
"""How much of the usual latency the newest answer makes up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An HTTP answer, whole."""

    status: int
    body: Body
    retry_after: float | None
    """Seconds that it asks to wait."""


def _reason(error: Exception) -> str:
    """Why, in words that hold no address."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its host name is not known"
    if isinstance(error, aiohttp.ClientConnectorError):
        return (
            os.strerror(error.os_error.errno).lower() if error.os_error.errno else "it cannot be connected to"
        )
    return "it takes too long" if isinstance(error, TimeoutError) else type(error).__name__


class Connections:
    """Posts to one address."""

    def __init__(self, name: str, url: Secret, config: PoolConfig, budget: ByteBudget) -> None:
        """Build it.

        Args:
            name: of the provider, without a key.
            url: of the provider; it may hold a key.
            config: how many connections, how long they are kept, and how much one answer may hold.
            budget: of all answers that the process holds.
        """
        self.in_use = 0
        """Requests under way."""
        self.limit = config.connections_max
        self._name = name
        self._budget = budget
        self._max_bytes = config.max_answer_bytes
        self._url = url
        self._free = asyncio.Semaphore(config.connections_max)
        rpc_connections_max.labels(name).set(config.connections_max)
        connector = aiohttp.TCPConnector(
            limit=config.connections_max, keepalive_timeout=config.idle_seconds, force_close=False
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            headers=_HEADERS,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # aiohttp would unpack a whole bomb at once
        )

    async def post(self, body: bytes, *, seconds: float, max_bytes: int) -> Response:
        """The answer to one post; waiting for a free connection counts.

        Args:
            body: of the post.
            seconds: how long it may take, to the last byte of the answer.
            max_bytes: of the answer, unpacked.

        Raises:
            UnusableAnswer: there was none in time, or too large a one. Its text never holds the address, and
                with it a key.
            NoRoom: the process holds too many answers.
        """
        try:
            async with asyncio.timeout(max(seconds, 0.01)), self._free:
                self._count(1)
                try:
                    return await self._answer(body, min(max_bytes, self._max_bytes))
                finally:
                    self._count(-1)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise UnusableAnswer(f"no answer: {_reason(error)}", provider=self._name) from None

    async def close(self) -> None:
        """Close all of them."""
        await self._session.close()

    def _count(self, change: int) -> None:
        self.in_use += change
        rpc_connections.labels(self._name).set(self.in_use)

    async def _answer(self, body: bytes, max_bytes: int) -> Response:
        limit = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS)
        async with self._session.post(
            self._url.reveal(), data=body, timeout=limit, allow_redirects=False
        ) as response:
            wait = seconds_to_wait(response.headers.get("Retry-After"))
            answer = await read_body(response, limit=max_bytes, budget=self._budget, provider=self._name)
            return Response(status=response.status, body=answer, retry_after=wait)


class Provider:
    """A node we may ask. Its address may hold a key, so only `name` is ever shown."""

    def __init__(
        self, name: str, url: Secret, config: PoolConfig = DEFAULT, budget: ByteBudget | None = None
    ) -> None:
        """Build it; connections are opened when it is first asked.

        Args:
            name: for operators and errors, without a key.
            url: may hold a key.
            config: the same for each provider.
            budget: of the answers that the process holds; None: this provider has one of its own.
        """
        self.name = name
        self.budget = RateBudget(per_second=config.per_second, per_day=config.per_day)
        self.batch_size = config.batch
        """Questions that it takes in one request; 0: one by one."""
        self.asked = 0
        self.failures = 0
        """Of all that was asked."""
        self.latency: float | None = None
        """Seconds that it usually takes; None: it never answered."""
        self.slot = 0
        """The newest slot that it named."""
        self.asked_at = 0.0
        self._url = url
        self._config = config
        self._byte_budget = budget or ByteBudget(config.max_in_flight_bytes)
        self._connections: Connections | None = None
        self._cooldowns = Cooldowns()
        self._trouble = Trouble()
        rpc_breaker_state.labels(name).set(_IN_USE)

    def __repr__(self) -> str:
        return f"Provider({self.name})"

    @property
    def connections(self) -> Connections:
        """Its connections, opened when it is first asked."""
        if self._connections is None:
            self._connections = Connections(self.name, self._url, self._config, self._byte_budget)
        return self._connections

    def wait(self, method: str = "") -> float:
        """Seconds until it should be asked for `method` (by default: for anything) again; 0: now."""
        return max(self._cooldowns.seconds_left(method), self.budget.wait)

    def refusal(self, method: str) -> NodeFault | None:
        """The fault for which the method rests here; None: it does not."""
        return self._cooldowns.refusal(method)

    def answered(self, method: str, seconds: float) -> None:
        """It gave what was asked for, in so many seconds."""
        before = seconds if self.latency is None else self.latency
        self.latency = before + _WEIGHT_OF_NEWEST * (seconds - before)
        if self._cooldowns.provider.failures:
            rpc_breaker_state.labels(self.name).set(_IN_USE)
        self._cooldowns.succeeded(method)
        self._trouble.answered()

    def failed(self, method: str, fault: NodeFault, *, began: float | None = None) -> None:
        """It did not; what the fault names rests as long as the node asked for, or longer each time.

        Args:
            method: what it was asked for.
            fault: what came of it.
            began: when it was asked, by the monotonic clock; None: now.
        """
        self.failures += 1
        self.cool_down(method, fault, began=began)

    def cool_down(self, method: str, fault: NodeFault, *, began: float | None = None) -> None:
        """Let rest what the fault names, without counting a failure.

        Args:
            method: what it was asked for.
            fault: says whether the method, the provider or nothing rests, and for how long if the node said
                so.
            began: when it was asked, by the monotonic clock; None: now.
        """
        self._cooldowns.failed(method, fault, began=began)
        self._trouble.failed(fault)
        if self._cooldowns.provider.seconds_left:
            rpc_breaker_state.labels(self.name).set(_AVOIDED)

    def abandoned(self, method: str, began: float) -> None:
        """Another answered first. If it was asked so long ago that it was hedged, it rests, too."""
        patience = self._config.hedge_seconds
        if patience and monotonic() - began >= patience:
            self.failed(method, UnusableAnswer("overtaken by another", provider=self.name), began=began)

    def note_slot(self, slot: int) -> None:
        """It named this slot as its newest."""
        self.slot = slot

    def stop_batches(self) -> None:
        """It takes no batches: ask it one by one from now on."""
        self.batch_size = 0

    def tried(self, requests: int = 1) -> None:
        """It is being asked."""
        self.asked += requests
        self.asked_at = monotonic()
        self.budget.spend(requests)
        if self._cooldowns.provider.failures:
            rpc_breaker_state.labels(self.name).set(_ON_TRIAL)

    def trouble(self) -> str:
        """Why it does not answer, since when, and what to do; empty: it answers."""
        return self._trouble.describe()

    def describe(self, newest_slot: int) -> str:
        """How it does, in one line for operators; `newest_slot` is the newest that any provider named."""
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
        if self.wait():
            parts.append(f"rests {self.wait():.1f} s")
        if refused := self._cooldowns.refused_methods():
            parts.append(f"refuses {', '.join(refused)}")
        return ", ".join(parts)

    async def close(self) -> None:
        """Close its connections."""
        if self._connections is not None:
            await self._connections.close()


def open_providers(urls: Sequence[Secret], config: PoolConfig = DEFAULT) -> tuple[Provider, ...]:
    """The providers at these addresses, best first, each with a name of its own."""
    budget = ByteBudget(config.max_in_flight_bytes)
    names = provider_names(urls)
    return tuple(Provider(name, url, config, budget) for name, url in zip(names, urls, strict=True))
