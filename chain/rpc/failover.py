"""Asks provider after provider until one answers, with pauses while all of them rest."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TypeVar

from chain.rpc.errors import MethodRefused, NodeFault
from chain.rpc.hedging import Answer, first_answer
from chain.rpc.provider import LAGGING_SLOTS, Provider
from chain.rpc.request import RpcRequest
from domain.errors import NodeUnavailable
from runtime.clock import monotonic

MAX_PASSES = 3
"""How often all providers are gone through."""
_LONG_PAUSE = 20.0
T = TypeVar("T")
Ask = Callable[[Provider, RpcRequest], Awaitable[Answer[T]]]


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
    """What to raise when the time is up before any provider may be asked again."""
    if fault is None:
        causes = "; ".join(f"{one.name}: {why}" for one in providers if (why := one.trouble()))
        message = f"no node answers: {causes}" if causes else "no RPC provider is left to ask"
        return NodeUnavailable(message, retry_after=pause)
    fault.postpone(pause)
    return fault
