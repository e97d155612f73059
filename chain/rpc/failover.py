"""Asks provider after provider until one answers, with pauses while all of them rest.

Each provider is asked once at a time, with account kept of how it did: counters, metrics, what rests after
a fault. While a slow one is waited for, the next is asked beside it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TypeAlias, TypeVar

import msgspec

from chain.rpc.errors import (
    MethodRefused,
    NodeFault,
    RateLimited,
    Rejected,
    Skipped,
    UnsupportedVersion,
    UnusableAnswer,
    of_method,
)
from chain.rpc.provider import LAGGING_SLOTS, Provider
from chain.rpc.request import RequestEncoder, RpcRequest
from chain.rpc.response import read_answer, read_answers
from chain.rpc.slot_bound import SlotBound
from domain.errors import NodeUnavailable
from runtime.clock import monotonic
from runtime.observability.metrics import rpc_request_seconds, rpc_requests

T = TypeVar("T")
P = TypeVar("P")
Answer: TypeAlias = T | Exception
"""What came of asking; only a `NodeFault` lets the next provider be asked."""
Send = Callable[[Provider, RpcRequest], Awaitable[T]]
MAX_PASSES = 3
"""How often all providers are gone through."""
_LONG_PAUSE = 20.0
Ask = Callable[[Provider, RpcRequest], Awaitable[Answer[T]]]


async def first_answer(
    ask: Callable[[P], Awaitable[Answer[T]]], providers: Iterator[P], *, hedge_seconds: float
) -> Answer[T] | None:
    """The first answer that is no fault of a provider; else the last fault, or None if there was nobody.

    Args:
        ask: returns what came of it and raises nothing.
        providers: whom to ask, best first; checked only when the next one is needed.
        hedge_seconds: how long to wait before asking the next one as well; 0: as long as it takes.
    """
    last: Answer[T] | None = None
    running: set[asyncio.Task[Answer[T]]] = set()
    async with asyncio.TaskGroup() as group:
        while (provider := next(providers, None)) is not None or running:
            if provider is not None:
                running.add(group.create_task(_asked(ask, provider)))
            patience = hedge_seconds if provider is not None and hedge_seconds else None
            done, running = await asyncio.wait(running, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                last = task.result()
                if not isinstance(last, NodeFault):
                    _cancel(running)
                    return last
    return last


async def _asked(ask: Callable[[P], Awaitable[Answer[T]]], provider: P) -> Answer[T]:
    return await ask(provider)


def _cancel(running: set[asyncio.Task[Answer[T]]]) -> None:
    for task in running:
        task.cancel()


class Attempts:
    """Attempts at a request, as one JSON-RPC request or as a batch; they raise nothing but cancellation."""

    def __init__(self, encoder: RequestEncoder, slot_bound: SlotBound) -> None:
        self._encoder = encoder
        self._slot_bound = slot_bound

    async def single(self, provider: Provider, request: RpcRequest) -> Answer[msgspec.Raw]:
        """The `result` that the provider gives, or its error."""
        return await self._accounted(provider, request, self._send_single)

    async def batch(self, provider: Provider, request: RpcRequest) -> Answer[list[Answer[msgspec.Raw]]]:
        """Return what the provider gives for each of the parameters: a `result`, or an error."""
        began = monotonic()
        answers = await self._accounted(provider, request, self._send_batch)
        if not isinstance(answers, Exception):
            _cool_down(provider, request.method, answers, began)
        return answers

    async def _accounted(self, provider: Provider, request: RpcRequest, send: Send[T]) -> Answer[T]:
        began = monotonic()
        try:
            answer = await self._with_known_versions(provider, request, send)
        except asyncio.CancelledError:
            provider.abandoned(request.method, began)
            raise
        except (NodeFault, Skipped, Rejected) as error:
            meant = of_method(error, request.method)
            if isinstance(meant, NodeFault):
                provider.failed(request.method, meant, began=began)
            return meant
        provider.answered(request.method, monotonic() - began)
        return answer

    async def _with_known_versions(self, provider: Provider, request: RpcRequest, send: Send[T]) -> T:
        """Ask again at once where the node names a transaction version that was not allowed yet."""
        try:
            return await _measured(provider, request, send)
        except UnsupportedVersion as fault:
            self._encoder.allow(fault.version)
            return await _measured(provider, request, send)

    async def _send_single(self, provider: Provider, request: RpcRequest) -> msgspec.Raw:
        body = self._encoder.single(request)
        response = await provider.connections.post(
            body, seconds=request.try_seconds, max_bytes=request.max_bytes
        )
        result = read_answer(
            response.status, response.body, provider=provider.name, retry_after=response.retry_after
        )
        if request.method == "getSlot":
            provider.note_slot(self._checked_slot(result, provider.name))
        return result

    def _checked_slot(self, result: msgspec.Raw, provider: str) -> int:
        """The slot that the node names as its newest; 0: it names none.

        Raises:
            UnusableAnswer: the clock does not allow it.
        """
        slot = _slot(result)
        if slot is None or slot > self._slot_bound.limit:
            raise UnusableAnswer("it names a slot that the chain cannot have reached", provider=provider)
        return slot

    async def _send_batch(self, provider: Provider, request: RpcRequest) -> list[Answer[msgspec.Raw]]:
        body, numbers = self._encoder.batch(request)
        response = await provider.connections.post(
            body, seconds=request.try_seconds, max_bytes=request.max_bytes
        )
        try:
            return read_answers(
                response.status,
                response.body,
                numbers,
                provider=provider.name,
                retry_after=response.retry_after,
            )
        except Rejected:
            provider.stop_batches()
            raise


def _cool_down(provider: Provider, method: str, answers: list[Answer[msgspec.Raw]], began: float) -> None:
    """Let rest what one answer of a batch asks to be left in peace, before it is asked for again."""
    for answer in answers:
        if isinstance(answer, RateLimited | MethodRefused):
            provider.cool_down(method, answer, began=began)


async def _measured(provider: Provider, request: RpcRequest, send: Send[T]) -> T:
    code = "left"  # for another's answer, which came first
    began = monotonic()
    provider.tried(len(request.params))
    try:
        answer = await send(provider, request)
        code = "ok"
    except (NodeFault, Skipped, Rejected) as error:
        code = type(error).__name__
        raise
    finally:
        rpc_requests.labels(provider.name, request.method, code).inc(len(request.params))
        rpc_request_seconds.labels(request.method).observe(monotonic() - began)
    return answer


def _slot(result: msgspec.Raw) -> int | None:
    text = bytes(result)
    return int(text) if text.isdigit() and len(text) < len(str(2**63)) else None


async def until_answered(
    request: RpcRequest, providers: Sequence[Provider], ask: Ask[T], *, hedge_seconds: float
) -> T:
    """The first answer of a provider.

    Args:
        request: what to ask for, and until when.
        providers: whom to ask, best first.
        ask: asks one of them once.
        hedge_seconds: how long to wait for one before the next is asked as well.

    Raises:
        NodeUnavailable: nobody answered in time; of the kind that the last asked provider gave.
        Skipped, Rejected: what one provider answered.
    """
    fault: NodeFault | None = None
    passes = 0
    while fault is None or passes < MAX_PASSES:
        answer = await first_answer(
            lambda provider: ask(provider, request),
            _ready(providers, request.method),
            hedge_seconds=hedge_seconds,
        )
        if isinstance(answer, NodeFault):
            fault, passes = answer, passes + 1
            if not (fault.transient or isinstance(fault, MethodRefused)):
                raise fault
        elif isinstance(answer, Exception):
            raise answer
        elif answer is not None:
            return answer
        _raise_if_refused_by_all(providers, request.method)
        pause = min((one.wait(request.method) for one in providers), default=_LONG_PAUSE)
        if monotonic() + pause >= request.deadline:
            raise _postponed(fault, pause, providers)
        await asyncio.sleep(pause)
    raise fault


def _ready(providers: Sequence[Provider], method: str) -> Iterator[Provider]:
    """Those to ask, best first, who lag behind last; who rests is left out until its time has come."""
    newest = max((provider.slot for provider in providers), default=0)
    in_order = sorted(providers, key=lambda provider: 0 < provider.slot < newest - LAGGING_SLOTS)
    return (provider for provider in in_order if provider.wait(method) <= 0)


def _raise_if_refused_by_all(providers: Sequence[Provider], method: str) -> None:
    """No pause helps where no provider offers the method."""
    refusals = [refusal for one in providers if isinstance(refusal := one.refusal(method), MethodRefused)]
    if refusals and len(refusals) == len(providers):
        raise refusals[-1].with_traceback(None)  # the same error is raised often: its traceback would grow


def _postponed(fault: NodeFault | None, pause: float, providers: Sequence[Provider]) -> NodeUnavailable:
    """Return what to raise when the time is up before any provider may be asked again."""
    if fault is None:
        causes = "; ".join(f"{one.name}: {why}" for one in providers if (why := one.trouble()))
        message = f"no node answers: {causes}" if causes else "no RPC provider is left to ask"
        return NodeUnavailable(message, retry_after=pause)
    fault.postpone(pause)
    return fault
