"""Many questions of one method: in JSON-RPC batches where providers take them, else one by one."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from chain.rpc.errors import NodeFault, Rejected, Skipped
from chain.rpc.hedging import Answer
from domain.errors import NodeUnavailable

log = logging.getLogger(__name__)

Params = Sequence[Any]
RawAnswer = Answer[msgspec.Raw]


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
    """What comes of each question, in order: a `result`, or the error that `single` raises.

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
    """What a provider could not answer within a batch is asked for alone, and of other providers."""
    return [
        await _answer_or_error(one, ports) if isinstance(answer, NodeFault) else answer
        for one, answer in zip(params, answers, strict=True)
    ]


async def _answer_or_error(params: Params, ports: BatchPorts) -> RawAnswer:
    try:
        return await ports.single(params)
    except (NodeUnavailable, Skipped, Rejected) as error:
        return error
