"""Asks nodes over HTTP: several providers as one.

`RpcPool.call` is the only way to a node's JSON-RPC; `chain/rpc/blocks.py` and others name the questions.
Many questions of one method go in JSON-RPC batches where providers take them, else one by one.

    pool.py -> failover.py (provider after provider, a slow one and the next beside it)
            -> provider.py (HTTP) -> response.py (result, or error)
"""

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Hashable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgspec

from chain.rpc.config import DEFAULT, PoolConfig
from chain.rpc.errors import MethodRefused, NodeFault, Rejected, Skipped
from chain.rpc.failover import Answer, Attempts, until_answered
from chain.rpc.provider import Provider, open_providers
from chain.rpc.request import RequestEncoder, RpcRequest
from chain.rpc.slot_bound import SlotBound
from domain.errors import NodeUnavailable
from runtime.clock import monotonic
from runtime.settings.secret import Secret
from runtime.shared_calls import SingleFlight

log = logging.getLogger(__name__)
Params = Sequence[Any]
RawAnswer = Answer[msgspec.Raw]
CALL_SECONDS = 20.0
"""How long a call may take, all tries together."""
_PROBE_SECONDS = 5.0
_GRACE_SECONDS = 0.2
"""After its time a call says itself what went wrong; later it is ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPorts:
    """How to ask."""

    batch: Callable[[Sequence[Params]], Awaitable[list[RawAnswer]]]
    """All of these in one request; raises NodeUnavailable and Rejected."""
    single: Callable[[Params], Awaitable[msgspec.Raw]]
    """One of them; raises what `RpcPool.call` raises."""
    takes_batches: Callable[[], bool]
    """Whether a provider takes batches."""


async def answers_of(params: Sequence[Params], ports: BatchPorts, *, size: int) -> list[RawAnswer]:
    """Return what comes of each question, in order: a `result`, or the error that `single` raises.

    Args:
        params: of each question.
        ports: how to ask.
        size: questions in one batch at most.
    """
    answers: list[RawAnswer] = []
    for start in range(0, len(params), size):
        answers += await _chunk(params[start : start + size], ports)
    return answers


async def _chunk(params: Sequence[Params], ports: BatchPorts) -> list[RawAnswer]:
    if len(params) > 1 and ports.takes_batches():
        try:
            return await _repaired(params, await ports.batch(params), ports)
        except (NodeUnavailable, Rejected) as error:
            log.debug("A batch is asked one by one: %s", error)
    return list(await asyncio.gather(*(_answer_or_error(one, ports) for one in params)))


async def _repaired(
    params: Sequence[Params], answers: Sequence[RawAnswer], ports: BatchPorts
) -> list[RawAnswer]:
    """Return what a provider could not answer within a batch is asked for alone, and of other providers."""
    return [
        await _answer_or_error(one, ports) if isinstance(answer, NodeFault) else answer
        for one, answer in zip(params, answers, strict=True)
    ]


async def _answer_or_error(params: Params, ports: BatchPorts) -> RawAnswer:
    try:
        return await ports.single(params)
    except (NodeUnavailable, Skipped, Rejected) as error:
        return error


class RpcPool:
    """Several providers as one. Made by `open_rpc`."""

    def __init__(self, providers: Sequence[Provider], config: PoolConfig = DEFAULT) -> None:
        self._providers = tuple(providers)
        self._config = config
        self._encoder = RequestEncoder()
        self.slot_bound = SlotBound()
        """The highest slot that there can be, by the clock; a node that names a higher one rests."""
        self._attempts = Attempts(self._encoder, self.slot_bound)
        self._single_flight: SingleFlight[msgspec.Raw] = SingleFlight()

    @property
    def names(self) -> tuple[str, ...]:
        """The providers' names, best first."""
        return tuple(provider.name for provider in self._providers)

    @property
    def transaction_version(self) -> int:
        """The highest transaction version that is asked for; grows when a node names a higher one."""
        return self._encoder.version

    @property
    def is_resting(self) -> bool:
        """Whether every provider rests."""
        return all(provider.wait() for provider in self._providers)

    def refuses(self, method: str) -> bool:
        """Return whether every provider has refused this method recently, so that asking brings nothing."""
        return all(isinstance(one.refusal(method), MethodRefused) for one in self._providers)

    def statistics(self) -> dict[str, str]:
        """Return how each provider does, by name, for operators."""
        newest = max((provider.slot for provider in self._providers), default=0)
        return {provider.name: provider.describe(newest) for provider in self._providers}

    def problems(self) -> dict[str, str]:
        """Why providers do not answer, by name, with what to do; only of those that do not."""
        sentences = ((provider.name, provider.trouble()) for provider in self._providers)
        return {name: sentence for name, sentence in sentences if sentence}

    async def call(
        self,
        method: str,
        params: Sequence[Any] = (),
        *,
        seconds: float = CALL_SECONDS,
        avoid: Collection[str] = (),
    ) -> msgspec.Raw:
        """Ask until a provider answers; the `result`, undecoded and checked to be whole JSON.

        Who asks what is being asked already waits for the same answer.

        Args:
            method: of JSON-RPC.
            params: of the method; a `maxSupportedTransactionVersion` in them is raised to what is known.
            seconds: how long, all tries together.
            avoid: names of providers that are not asked.

        Raises:
            Skipped: a provider says that the slot has no block.
            Rejected: the question is wrong.
            NodeUnavailable: nobody answered; of the kind that the last asked provider gave.
        """
        request = RpcRequest(method=method, params=[params], deadline=monotonic() + seconds)
        key = (method, msgspec.json.encode(params), tuple(sorted(avoid)))
        try:
            # Who waits for what somebody else asked has a time of his own, shorter or longer.
            async with asyncio.timeout(seconds + _GRACE_SECONDS):
                return await self._shared(key, request, avoid)
        except TimeoutError as error:
            raise NodeUnavailable(f"no provider answered {method} in time") from error

    async def _shared(self, key: Hashable, request: RpcRequest, avoid: Collection[str]) -> msgspec.Raw:
        asked = False

        def ask() -> Awaitable[msgspec.Raw]:
            nonlocal asked
            asked = True
            return self._answer(request, avoid)

        try:
            return await self._single_flight.run(key, ask)
        except NodeUnavailable:
            if asked or monotonic() >= request.deadline:
                raise
        return await self._single_flight.run(key, ask)  # the asker had less time

    async def call_many(
        self,
        method: str,
        params: Sequence[Sequence[Any]],
        *,
        seconds: float = CALL_SECONDS,
        all_seconds: float = math.inf,
    ) -> list[RawAnswer]:
        """The answers to several questions of one method: each a `result`, or the error that `call` raises.

        They go in batches where the providers take them (RPC_BATCH), else one by one.

        Args:
            method: of JSON-RPC.
            params: of each question.
            seconds: how long each batch, and each question alone, may take.
            all_seconds: how long all of them may take together; what is left then is not asked.
        """
        ends_at = monotonic() + all_seconds

        def left() -> float:
            if (rest := ends_at - monotonic()) <= 0:
                raise NodeUnavailable(f"no time is left to ask for {method}")
            return min(seconds, rest)

        async def single(one: Params) -> msgspec.Raw:
            return await self.call(method, one, seconds=left())

        async def batch(chunk: Sequence[Params]) -> list[RawAnswer]:
            return await self._batch_answers(method, chunk, left())

        ports = BatchPorts(batch=batch, single=single, takes_batches=lambda: bool(self._batching_providers()))
        return await answers_of(params, ports, size=max(1, self._config.batch))

    async def keep_warm(self) -> None:
        """Keep connections to idle providers until cancelled, and learn how far these nodes are."""
        while True:
            await asyncio.gather(*(self._warm(provider) for provider in self._providers))
            await asyncio.sleep(self._config.idle_seconds / 2)

    async def _warm(self, provider: Provider) -> None:
        if monotonic() - provider.asked_at < self._config.idle_seconds / 2 or provider.wait("getSlot") > 0:
            return
        request = RpcRequest(
            method="getSlot", params=[[{"commitment": "confirmed"}]], deadline=monotonic() + _PROBE_SECONDS
        )
        probes = (self._attempts.single(provider, request) for _ in range(self._config.connections_min))
        await asyncio.gather(*probes)

    async def _answer(self, request: RpcRequest, avoid: Collection[str]) -> msgspec.Raw:
        providers = [provider for provider in self._providers if provider.name not in avoid]
        return await until_answered(
            request, providers, self._attempts.single, hedge_seconds=self._config.hedge_seconds
        )

    async def _batch_answers(
        self, method: str, params: Sequence[Sequence[Any]], seconds: float
    ) -> list[RawAnswer]:
        request = RpcRequest(method=method, params=params, deadline=monotonic() + seconds)
        return await until_answered(
            request,
            self._batching_providers(),
            self._attempts.batch,
            hedge_seconds=self._config.hedge_seconds,
        )

    def _batching_providers(self) -> list[Provider]:
        return [provider for provider in self._providers if provider.batch_size > 1]


@asynccontextmanager
async def open_rpc(urls: Sequence[Secret], config: PoolConfig = DEFAULT) -> AsyncIterator[RpcPool]:
    """A pool over these addresses, best first, with connections that are kept."""
    providers = open_providers(urls, config)
    try:
        yield RpcPool(providers, config)
    finally:
        for provider in providers:
            await provider.close()
