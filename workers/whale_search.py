"""One step of a scan session: the next blocks read, what they hold counted, the next step asked for.

take the step_number ──> read some blocks ──> counts, finds and cursor in one commit ──> letter of the next step_number
      └── its time is over, or it has failed ──> its end is told

Whatever dies in between, the row stands at the last committed slot; the dispatcher finds it silent.
"""

import asyncio
import logging
import random
from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from chain.blocks.block_range import BlockRange, read_block_range
from chain.rpc.blocks import Rpc, at_least_confirmed, current_slot
from domain.whale_search import WhaleSearch, WhaleSearchStatus, findings
from domain.delivery.deliveries import SendStatus
from domain.errors import QueueUnavailable, Unavailable, WhaleWatcherError
from domain.jobs import Queue, StepLetter
from messaging.telegram.methods import Message
from messaging.telegram.texts.whales import scan_ended
from runtime.processes.backoff import Backoff
from storage.scans.whale_searches import (
    StepResult,
    commit_step,
    end_announced,
    fail_step,
    read_scan,
    take_step,
)
from workers.context import Context

log = logging.getLogger(__name__)

STEP_SECONDS = 20.0
"""How long reading may take; less than the silence after which a scan session counts as forgotten."""
PAUSE_SECONDS = 1.0
"""Between two steps at the head of the chain."""
LONGEST_PAUSE = 10.0
"""When all nodes rest; with STEP_SECONDS it may be no more than the silence that is forgiven."""
BACKOFF = Backoff(first=0.5, factor=2.0, longest=5.0)
_UNHEARD = frozenset({SendStatus.REFUSED, SendStatus.TOKEN_REJECTED})
"""An end that was told so is told again later."""


class CountedRpc:
    """The nodes, with a count of what was asked."""

    def __init__(self, rpc: Rpc) -> None:
        self.requests = 0
        self._rpc = rpc

    async def call(
        self, method: str, params: Sequence[Any] = (), *, seconds: float = 20.0, avoid: Collection[str] = ()
    ) -> msgspec.Raw:
        """Ask, and count it."""
        self.requests += 1
        return await self._rpc.call(method, params, seconds=seconds, avoid=avoid)


async def do_step(context: Context, letter: StepLetter) -> None:
    """Do the step that the letter asks for, unless its step_number has passed, and ask for the next one."""
    session = await take_step(context.database, letter.search_id, step_number=letter.step_number)
    if session is None:
        return
    pause = 0.0
    if session.status is WhaleSearchStatus.RUNNING:
        pause = await _step(context, session)
        after = await read_scan(context.database, session.search_id)
        if after is None or after.step_number != session.step_number + 1:
            return  # stopped, or taken over by another worker
        session = after
    if session.status is WhaleSearchStatus.RUNNING:
        await _ask_for_next(context, session)
        await asyncio.sleep(pause)  # the letter waits as long: this worker does one job at a time
    elif session.status is not WhaleSearchStatus.STOPPED:
        await _tell_end(context, session)


async def _step(context: Context, session: WhaleSearch) -> float:
    """Read and commit, or note why not; how long to wait before the next step."""
    rpc = CountedRpc(context.nodes)
    try:
        async with asyncio.timeout(STEP_SECONDS):
            after, block_range = await _read(rpc, context.settings.commitment, session)
    except (WhaleWatcherError, TimeoutError) as error:
        text = str(error) or "the nodes took too long"
        asked_for = error.retry_after if isinstance(error, Unavailable) else None
        return max(await _failed(context, session, rpc, text), min(asked_for or 0.0, LONGEST_PAUSE))
    except Exception as error:
        log.exception("A step of scan session %d failed", session.search_id)
        return await _failed(context, session, rpc, type(error).__name__)
    result = StepResult(
        after=after,
        upto=block_range.upto,
        findings=findings(block_range.activities, min_lamports=session.min_lamports),
        undecodable=block_range.undecodable,
        requests=rpc.requests,
    )
    await commit_step(context.database, session, result)
    return PAUSE_SECONDS if block_range.is_at_head else 0.0


async def _read(rpc: Rpc, commitment: str, session: WhaleSearch) -> tuple[int, BlockRange]:
    """What stands behind the last slot; at the first step the head of the chain is that slot."""
    commitment = at_least_confirmed(commitment)
    if session.last_slot is None:
        head = await current_slot(rpc, commitment=commitment)
        return head, BlockRange(upto=head, is_at_head=True)
    block_range = await read_block_range(
        rpc,
        after=session.last_slot,
        limit=session.slots_per_step,
        chain=session.chain,
        commitment=commitment,
    )
    return session.last_slot, block_range


async def _failed(context: Context, session: WhaleSearch, rpc: CountedRpc, error: str) -> float:
    log.warning("Scan session %d, error %d: %s", session.search_id, session.errors_in_row + 1, error)
    await fail_step(context.database, session, error=error, requests=rpc.requests)
    return BACKOFF.wait(session.errors_in_row + 1, random.random())  # noqa: S311 - spreads retries, guards nothing


async def _ask_for_next(context: Context, session: WhaleSearch) -> None:
    letter = StepLetter(search_id=session.search_id, step_number=session.step_number)
    try:
        await context.queues.send(Queue.BACKFILL, letter)
    except QueueUnavailable as error:
        log.warning("Scan session %d waits for the dispatcher: %s", session.search_id, error)


async def _tell_end(context: Context, session: WhaleSearch) -> None:
    """Tell who started it; of a failure tell all operators. What was not heard is told again later."""
    log.info("Scan session %d has ended: %s", session.search_id, session.status.value)
    chats = {session.chat_id}
    if session.status is WhaleSearchStatus.FAILED:
        chats |= context.settings.admin_ids
    text = scan_ended(session)
    results = [await context.telegram.send(Message(chat_id=chat, text=text)) for chat in sorted(chats)]
    if not any(result.status in _UNHEARD for result in results):
        await end_announced(context.database, session.search_id)
