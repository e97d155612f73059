"""Asks nodes over HTTP: several providers, one after the other until one answers.

`RpcPool.call` is the only way to a node's JSON-RPC; `chain/rpc/blocks.py` and others name the questions.
"""

import asyncio
import itertools
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from chain.rpc.config import DEFAULT, PoolConfig
from chain.rpc.errors import NodeFault, Rejected, Skipped, UnsupportedVersion
from chain.rpc.hedging import Outcome, first_answer
from chain.rpc.provider import LAGGING_SLOTS, Provider, providers
from chain.rpc.response import read_answer, read_answers
from chain.rpc.single_flight import Flights
from domain.errors import NodeUnavailable
from runtime.clock import monotonic
from runtime.observability.metrics import rpc_request_seconds, rpc_requests
from runtime.settings.secret import Secret

log = logging.getLogger(__name__)

CALL_SECONDS = 20.0
"""How long a call may take, all tries together."""
TRY_SECONDS = 10.0
"""How long one provider may take before the next is asked."""
PASSES = 3
"""How often all providers are gone through."""
VERSION = "maxSupportedTransactionVersion"
_PROBE_SECONDS = 5.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    method: str
    params: Sequence[Sequence[Any]]
    """Of one request, or of each in a batch."""
    deadline: float
    batch: bool = False


class RpcPool:
    """Several providers as one. Made by `open_rpc`."""

    def __init__(self, known: Sequence[Provider], config: PoolConfig = DEFAULT) -> None:
        self._providers = tuple(known)
        self._config = config
        self._ids = itertools.count(1)
        self._version = 1
        self._flights: Flights[msgspec.Raw] = Flights()

    @property
    def names(self) -> tuple[str, ...]:
        """The providers' names, best first."""
        return tuple(provider.name for provider in self._providers)

    @property
    def transaction_version(self) -> int:
        """The highest transaction version that is asked for; grows when a node names a higher one."""
        return self._version

    def statistics(self) -> dict[str, str]:
        """How each provider does, by name, for operators."""
        newest = max((provider.slot for provider in self._providers), default=0)
        return {provider.name: provider.describe(newest) for provider in self._providers}

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
        question = _Question(method=method, params=[params], deadline=monotonic() + seconds)
        key = (method, msgspec.json.encode(params), tuple(sorted(avoid)))
        return await self._flights.share(key, lambda: self._until_answered(question, avoid, self._one))

    async def call_many(
        self, method: str, params: Sequence[Sequence[Any]], *, seconds: float = CALL_SECONDS
    ) -> list[Outcome[msgspec.Raw]]:
        """The answers to several questions of one method: each a `result`, or the error that `call` raises.

        They go in batches where the providers take them (RPC_BATCH), else one by one.
        """
        outcomes: list[Outcome[msgspec.Raw]] = []
        size = max(1, self._config.batch)
        for start in range(0, len(params), size):
            outcomes += await self._part(method, params[start : start + size], seconds)
        return outcomes

    async def keep_warm(self) -> None:
        """Keep connections to providers that are not asked, for ever, and hear from them how far they are."""
        while True:
            await asyncio.gather(*(self._warm(provider) for provider in self._providers))
            await asyncio.sleep(self._config.idle_seconds / 2)

    async def _warm(self, provider: Provider) -> None:
        if monotonic() - provider.asked_at < self._config.idle_seconds / 2 or provider.rest > 0:
            return
        question = _Question(
            method="getSlot", params=[[{"commitment": "confirmed"}]], deadline=monotonic() + _PROBE_SECONDS
        )
        probes = (self._outcome(provider, question, self._one) for _ in range(self._config.connections_min))
        await asyncio.gather(*probes)

    async def _part(
        self, method: str, params: Sequence[Sequence[Any]], seconds: float
    ) -> list[Outcome[msgspec.Raw]]:
        takers = [provider.name for provider in self._providers if provider.batches > 1]
        if len(params) > 1 and takers:
            others = set(self.names) - set(takers)
            question = _Question(method=method, params=params, deadline=monotonic() + seconds, batch=True)
            try:
                answers = await self._until_answered(question, others, self._many)
                return await self._asked_again(method, params, answers, seconds)
            except (NodeUnavailable, Rejected) as error:
                log.debug("A batch of %s is asked one by one: %s", method, error)
        return list(await asyncio.gather(*(self._settled(method, one, seconds) for one in params)))

    async def _asked_again(
        self,
        method: str,
        params: Sequence[Sequence[Any]],
        answers: Sequence[Outcome[msgspec.Raw]],
        seconds: float,
    ) -> list[Outcome[msgspec.Raw]]:
        """What a provider could not answer within a batch is asked for alone, and elsewhere."""
        return [
            await self._settled(method, one, seconds) if isinstance(answer, NodeFault) else answer
            for one, answer in zip(params, answers, strict=True)
        ]

    async def _settled(self, method: str, params: Sequence[Any], seconds: float) -> Outcome[msgspec.Raw]:
        try:
            return await self.call(method, params, seconds=seconds)
        except (NodeUnavailable, Skipped, Rejected) as error:
            return error

    async def _until_answered(
        self,
        question: _Question,
        avoid: Collection[str],
        ask: Callable[[Provider, _Question], Awaitable[T]],
    ) -> T:
        """Go through the providers until one answers, with waits while all of them rest."""
        fault: NodeUnavailable = NodeUnavailable("no RPC provider is left to ask")
        passes = 0
        while passes < PASSES:
            outcome = await first_answer(
                lambda provider: self._outcome(provider, question, ask),
                self._rested(avoid),
                hedge_seconds=self._config.hedge_seconds,
            )
            if isinstance(outcome, NodeFault):
                fault, passes = outcome, passes + 1
                if not fault.passes:
                    raise fault
            elif isinstance(outcome, Exception):
                raise outcome
            elif outcome is not None:
                return outcome
            pause = min((p.rest for p in self._providers if p.name not in avoid), default=CALL_SECONDS)
            if monotonic() + pause >= question.deadline:
                raise _resting(fault, pause)
            await asyncio.sleep(pause)
        raise fault

    def _rested(self, avoid: Collection[str]) -> Iterator[Provider]:
        """Those to ask, best first, who lag behind last; who rests is left out until its time has come."""
        newest = max((provider.slot for provider in self._providers), default=0)
        known = [provider for provider in self._providers if provider.name not in avoid]
        known.sort(key=lambda provider: 0 < provider.slot < newest - LAGGING_SLOTS)
        return (provider for provider in known if provider.rest <= 0)

    async def _outcome(
        self, provider: Provider, question: _Question, ask: Callable[[Provider, _Question], Awaitable[T]]
    ) -> Outcome[T]:
        """What one provider came to; its health is kept here."""
        began = monotonic()
        try:
            try:
                answer = await self._measured(provider, question, ask)
            except UnsupportedVersion as fault:
                self._allow(fault)
                answer = await self._measured(provider, question, ask)
        except NodeFault as fault:
            provider.failed(fault, began=began)
            return fault
        except asyncio.CancelledError:
            provider.left(began)
            raise
        except (Skipped, Rejected) as said:
            return said
        provider.answered(monotonic() - began)
        return answer

    async def _measured(
        self, provider: Provider, question: _Question, ask: Callable[[Provider, _Question], Awaitable[T]]
    ) -> T:
        code = "left"  # for another's answer, which came first
        began = monotonic()
        provider.tried(len(question.params))
        try:
            answer = await ask(provider, question)
            code = "ok"
        except (NodeFault, Skipped, Rejected) as error:
            code = type(error).__name__
            raise
        finally:
            rpc_requests.labels(provider.name, question.method, code).inc(len(question.params))
            rpc_request_seconds.labels(question.method).observe(monotonic() - began)
        return answer

    async def _one(self, provider: Provider, question: _Question) -> msgspec.Raw:
        request = msgspec.json.encode(self._request(question.method, question.params[0]))
        response = await provider.connections.post(request, seconds=_left(question.deadline))
        result = read_answer(
            response.status, response.body, provider=provider.name, retry_after=response.retry_after
        )
        if question.method == "getSlot":
            provider.slot = _slot(result)
        return result

    async def _many(self, provider: Provider, question: _Question) -> list[Outcome[msgspec.Raw]]:
        requests = [self._request(question.method, params) for params in question.params]
        response = await provider.connections.post(
            msgspec.json.encode(requests), seconds=_left(question.deadline)
        )
        numbers = [request["id"] for request in requests]
        try:
            return read_answers(response.status, response.body, numbers, provider=provider.name)
        except Rejected:
            provider.batches = 0
            raise

    def _request(self, method: str, params: Sequence[Any]) -> dict[str, Any]:
        given = [self._versioned(param) for param in params]
        return {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": given}

    def _versioned(self, param: Any) -> Any:
        if isinstance(param, dict) and VERSION in param:
            return {**param, VERSION: max(self._version, param[VERSION])}
        return param

    def _allow(self, fault: UnsupportedVersion) -> None:
        if fault.version > self._version:
            log.warning(
                "Transactions of version %d have appeared; they are asked for from now on", fault.version
            )
            self._version = fault.version


def _left(deadline: float) -> float:
    return min(deadline - monotonic(), TRY_SECONDS)


def _slot(result: msgspec.Raw) -> int:
    text = bytes(result)
    return int(text) if text.isdigit() and len(text) < len(str(2**63)) else 0


def _resting(fault: NodeUnavailable, pause: float) -> NodeUnavailable:
    """What to raise when the time is up before any provider may be asked again."""
    if fault.retry_after is None:
        fault.retry_after = pause
    return fault


@asynccontextmanager
async def open_rpc(urls: Sequence[Secret], config: PoolConfig = DEFAULT) -> AsyncIterator[RpcPool]:
    """A pool over these addresses, best first, with connections that are kept."""
    known = providers(urls, config)
    try:
        yield RpcPool(known, config)
    finally:
        for provider in known:
            await provider.close()
