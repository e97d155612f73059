"""Asks one provider once, and keeps account of how it did: counters, metrics, what rests after a fault."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from chain.rpc.errors import (
    Broken,
    MethodRefused,
    NodeFault,
    RateLimited,
    Rejected,
    Skipped,
    UnsupportedVersion,
)
from chain.rpc.hedging import Answer
from chain.rpc.provider import Provider
from chain.rpc.request import RequestEncoder, RpcRequest
from chain.rpc.response import read_answer, read_answers
from chain.rpc.slot_bound import SlotBound
from runtime.clock import monotonic
from runtime.observability.metrics import rpc_request_seconds, rpc_requests

T = TypeVar("T")
Send = Callable[[Provider, RpcRequest], Awaitable[T]]


class Attempts:
    """Attempts at a request, as one JSON-RPC request or as a batch; they raise nothing but cancellation."""

    def __init__(self, encoder: RequestEncoder, slot_bound: SlotBound) -> None:
        self._encoder = encoder
        self._slot_bound = slot_bound

    async def single(self, provider: Provider, request: RpcRequest) -> Answer[msgspec.Raw]:
        """The `result` that the provider gives, or its error."""
        return await self._accounted(provider, request, self._send_single)

    async def batch(self, provider: Provider, request: RpcRequest) -> Answer[list[Answer[msgspec.Raw]]]:
        """What the provider gives for each of the parameters: a `result`, or an error."""
        began = monotonic()
        answers = await self._accounted(provider, request, self._send_batch)
        if not isinstance(answers, Exception):
            _cool_down(provider, request.method, answers, began)
        return answers

    async def _accounted(self, provider: Provider, request: RpcRequest, send: Send[T]) -> Answer[T]:
        began = monotonic()
        try:
            answer = await self._with_known_versions(provider, request, send)
        except NodeFault as fault:
            provider.failed(request.method, fault, began=began)
            return fault
        except asyncio.CancelledError:
            provider.abandoned(request.method, began)
            raise
        except (Skipped, Rejected) as statement:
            return statement
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
            Broken: the clock does not allow it.
        """
        slot = _slot(result)
        if slot is None or slot > self._slot_bound.limit:
            raise Broken("it names a slot that the chain cannot have reached", provider=provider)
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
