"""One step of a whale search: the next blocks read, what they hold counted, the next step asked for.

take the step ──> read some blocks ──> counts, finds and cursor in one commit ──> payload of the next step
      └── its time is over, or it has failed ──> its end is announced

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
from domain import jobs
from domain.backoff import Backoff
from domain.delivery.results import SendStatus
from domain.errors import QueueUnavailable, Unavailable, WhaleWatcherError
from domain.jobs import Queue, SearchStepPayload
from domain.whale_search import CREDITS, WhaleSearch, WhaleSearchStatus, findings
from messaging.telegram.keyboards.whales import search_keyboard
from messaging.telegram.methods import Message
from messaging.telegram.texts.whale_searches import search_ended, search_progress
from storage.market.dollars import sol_usd_now
from storage.whales.searches import (
    StepResult,
    commit_step,
    end_announced,
    fail_step,
    read_search,
    take_card,
    take_step,
)
from workers.process import Context, run

log = logging.getLogger(__name__)

STEP_SECONDS = 20.0
"""How long reading may take; less than the silence after which a whale search counts as forgotten."""
CARD_SECONDS = 5.0
"""Between two edits of the card of a search that runs."""
PAUSE_SECONDS = 1.0
"""Between two steps at the head of the chain."""
MAX_PAUSE = 10.0
"""When all nodes rest; with STEP_SECONDS it may be no more than the silence that is forgiven."""
BACKOFF = Backoff(first_wait=0.5, factor=2.0, max_wait=5.0)
_NOT_SENT = frozenset({SendStatus.REFUSED, SendStatus.TOKEN_REJECTED})
"""An end that was announced so is announced again later."""


class CountedRpc:
    """The nodes, with a count of what was asked and what it costs."""

    def __init__(self, rpc: Rpc) -> None:
        self.requests = 0
        self.credits = 0
        self._rpc = rpc

    async def call(
        self, method: str, params: Sequence[Any] = (), *, seconds: float = 20.0, avoid: Collection[str] = ()
    ) -> msgspec.Raw:
        """Ask, and count it.

        Args:
            method: of JSON-RPC; its cost in credits is counted, too.
            params: as JSON-RPC wants them.
            seconds: for the answer.
            avoid: names of nodes that are not to be asked.
        """
        self.requests += 1
        self.credits += CREDITS.get(method, 1)
        return await self._rpc.call(method, params, seconds=seconds, avoid=avoid)


def step(text: str) -> None:
    """Do the step that the payload names.

    Raises:
        ValueError: `text` is no such payload.
    """
    payload = jobs.read(text)
    if not isinstance(payload, SearchStepPayload):
        raise ValueError("no payload of the whale-search queue")  # noqa: TRY004 - the text has a wrong value
    run(lambda context: do_step(context, payload))


async def do_step(context: Context, payload: SearchStepPayload) -> None:
    """Do the step that the job asks for, unless its step_number has passed, and ask for the next one."""
    search = await take_step(context.database, payload.search_id, step_number=payload.step_number)
    if search is None:
        return
    pause = 0.0
    if search.status is WhaleSearchStatus.RUNNING:
        pause = await _step(context, search)
        after = await read_search(context.database, search.search_id)
        if after is None or after.step_number != search.step_number + 1:
            return  # stopped, or taken over by another worker
        search = after
    await _show(context, search)
    if search.status is WhaleSearchStatus.RUNNING:
        await _ask_for_next(context, search)
        await asyncio.sleep(pause)  # the job waits as long: this worker does one job at a time
    elif search.status is not WhaleSearchStatus.STOPPED:
        await _announce_end(context, search)


async def _step(context: Context, search: WhaleSearch) -> float:
    """Read and commit, or note why not; how long to wait before the next step."""
    rpc = CountedRpc(context.nodes)
    try:
        async with asyncio.timeout(STEP_SECONDS):
            after, block_range = await _read(rpc, context.settings.commitment, search)
    except (WhaleWatcherError, TimeoutError) as error:
        text = str(error) or "the nodes took too long"
        asked_for = error.retry_after if isinstance(error, Unavailable) else None
        return max(await _failed(context, search, rpc, text), min(asked_for or 0.0, MAX_PAUSE))
    except Exception as error:
        log.exception("A step of whale search %d failed", search.search_id)
        return await _failed(context, search, rpc, type(error).__name__)
    result = StepResult(
        after=after,
        upto=block_range.upto,
        findings=findings(
            block_range.activities,
            min_lamports=search.min_lamports,
            sol_usd=await sol_usd_now(context.database, chain=search.chain),
        ),
        undecodable=block_range.undecodable,
        requests=rpc.requests,
        credits=rpc.credits,
    )
    await commit_step(context.database, search, result)
    return PAUSE_SECONDS if block_range.is_at_head else 0.0


async def _read(rpc: Rpc, commitment: str, search: WhaleSearch) -> tuple[int, BlockRange]:
    """Return what stands behind the last slot; at the first step the head of the chain is that slot."""
    commitment = at_least_confirmed(commitment)
    if search.last_slot is None:
        head = await current_slot(rpc, commitment=commitment)
        return head, BlockRange(upto=head, is_at_head=True)
    block_range = await read_block_range(
        rpc,
        after=search.last_slot,
        limit=search.slots_per_step,
        chain=search.chain,
        commitment=commitment,
    )
    return search.last_slot, block_range


async def _show(context: Context, search: WhaleSearch) -> None:
    """Let its card show how it is, if that is due; that Telegram does not take it is no matter."""
    card = await take_card(context.database, search.search_id, seconds=CARD_SECONDS)
    if card is None:
        return
    chat_id, message_id = card
    keyboard = search_keyboard(context.callbacks, search, chat_id=chat_id)
    message = Message(chat_id=chat_id, text=search_progress(search), keyboard=keyboard)
    await context.telegram.edit(message, message_id)


async def _failed(context: Context, search: WhaleSearch, rpc: CountedRpc, error: str) -> float:
    log.warning("Whale search %d, error %d: %s", search.search_id, search.errors_in_row + 1, error)
    await fail_step(context.database, search, error=error, requests=rpc.requests, credits_=rpc.credits)
    return BACKOFF.wait(search.errors_in_row + 1, random.random())  # noqa: S311 - spreads retries, guards nothing


async def _ask_for_next(context: Context, search: WhaleSearch) -> None:
    payload = SearchStepPayload(search_id=search.search_id, step_number=search.step_number)
    try:
        await context.queues.send(Queue.WHALE_SEARCH, payload)
    except QueueUnavailable as error:
        log.warning("Whale search %d waits for the dispatcher: %s", search.search_id, error)


async def _announce_end(context: Context, search: WhaleSearch) -> None:
    """Announce it to who started it, a failure to all operators. What did not arrive is announced again."""
    log.info("Whale search %d has ended: %s", search.search_id, search.status.value)
    chats = {search.chat_id}
    if search.status is WhaleSearchStatus.FAILED:
        chats |= context.settings.admin_ids
    text = search_ended(search)
    results = [await context.telegram.send(Message(chat_id=chat, text=text)) for chat in sorted(chats)]
    if not any(result.status in _NOT_SENT for result in results):
        await end_announced(context.database, search.search_id)
