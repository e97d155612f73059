"""Sends a broadcast: after everything else, within the shared limits, each chat once.

claim ──> alerts first ──> admitted by the limits ──> marked `sending` ──> sent ──> settled
A stop counts at the next message; after a crash the next job goes on where this one was.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.delivery.deliveries import SendResult, SendStatus, waiting_time
from domain.rate_limits import RateLimit
from domain.rules.lanes import Lane
from messaging.sending.ports import Send
from messaging.sending.rate_limiter import Limiter
from messaging.telegram.methods import Message
from runtime.clock import monotonic
from storage.chats.chats import close_chat, migrate_chat
from storage.delivery import broadcasts
from storage.delivery.broadcasts import MAX_ATTEMPTS, Broadcast
from storage.delivery.deliveries import backlog
from workers.context import Context

log = logging.getLogger(__name__)

SHARE = 0.5
"""Of the rate of the whole bot; the rest is left to alerts and answers."""
CHUNK = 50
"""Chats claimed at a time."""
CHUNK_SECONDS = 40.0
"""How long one job works; within the life of a job, and what is left is asked for again."""
PATIENCE = 2.0
YIELD_SECONDS = 0.5
STOPPED_WAIT = 30.0
_BULK = "bulk"


class Counts(Protocol):
    """Counts for all processes together."""

    async def admit_all(self, requests: Sequence[Sequence[RateLimit]]) -> list[float] | None:
        """Of each request charge every rule or none: 0.0 charged, else seconds to wait; None: no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcasting:
    """What a broadcast is sent with."""

    context: Context
    send: Send
    limiter: Limiter
    counts: Counts

    async def run(self) -> None:
        """Send what is running for a while; called again until nothing is left."""
        end = monotonic() + CHUNK_SECONDS
        while monotonic() < end:
            current = await broadcasts.running(self.context.database)
            if current is None:
                return
            chats = await broadcasts.claim(
                self.context.database, current.broadcast_id, owner=self.context.owner, limit=CHUNK
            )
            if not chats:
                await broadcasts.finish(self.context.database, current.broadcast_id)
                return
            await self._send_all(current, chats, end)

    async def _send_all(self, current: Broadcast, chats: list[int], end: float) -> None:
        for place, chat_id in enumerate(chats):
            if not await self._admitted(chat_id, end):
                rest = chats[place:]
                await broadcasts.release(
                    self.context.database, current.broadcast_id, owner=self.context.owner, chat_ids=rest
                )
                return
            await self._send(current, chat_id)

    async def _admitted(self, chat_id: int, end: float) -> bool:
        """Wait until no alert is due and the limits have room; false: not in this job any more."""
        rule = RateLimit(
            scope=_BULK, interval=1.0 / max(self.context.settings.telegram_rate * SHARE, 0.05), burst=1
        )
        while monotonic() < end:
            if (await backlog(self.context.database)).due:
                await asyncio.sleep(YIELD_SECONDS)
                continue
            waits = await self.counts.admit_all([[rule]])
            wait = rule.interval if waits is None else waits[0]
            if wait > 0:
                await asyncio.sleep(min(wait, YIELD_SECONDS))
            elif await self.limiter.admit(chat_id, patience=PATIENCE, lane=Lane.BULK) <= 0:
                return True
        return False

    async def _send(self, current: Broadcast, chat_id: int) -> None:
        attempts = await broadcasts.mark(
            self.context.database, current.broadcast_id, owner=self.context.owner, chat_id=chat_id
        )
        if attempts is None:
            return
        result = await self.send(Message(chat_id=chat_id, topic_id=0, text=current.text))
        state, wait = _state(result, attempts), _wait(result, attempts)
        await broadcasts.record_result(
            self.context.database,
            current.broadcast_id,
            owner=self.context.owner,
            chat_id=chat_id,
            state=state,
            error=result.reason or None,
            wait=wait,
        )
        await self._follow_up(chat_id, result)

    async def _follow_up(self, chat_id: int, result: SendResult) -> None:
        if result.retry_after is not None:
            await self.limiter.refused(chat_id, result.retry_after)
        if result.status is SendStatus.CHAT_CLOSED:
            await close_chat(self.context.database, chat_id, result.reason)
        if result.status is SendStatus.MIGRATED and result.new_chat_id is not None:
            await migrate_chat(self.context.database, old_id=chat_id, new_id=result.new_chat_id)


_FINAL = {
    SendStatus.ACCEPTED: "sent",
    SendStatus.AMBIGUOUS: "ambiguous",
    SendStatus.UNDELIVERABLE: "dead",
    SendStatus.CHAT_CLOSED: "dead",
}


def _state(result: SendResult, attempts: int) -> str:
    """A lost answer is not asked twice: nobody misses the second copy of such a message."""
    if result.status is SendStatus.REFUSED and result.retry_after is None and attempts >= MAX_ATTEMPTS:
        return "dead"
    return _FINAL.get(result.status, "pending")


def _wait(result: SendResult, attempts: int) -> float:
    if result.status is SendStatus.MIGRATED:
        return 0.0
    return (
        STOPPED_WAIT
        if result.status is SendStatus.TOKEN_REJECTED
        else result.retry_after or waiting_time(attempts)
    )
