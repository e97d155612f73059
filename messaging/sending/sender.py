"""Hands due deliveries to Telegram: chats in parallel, each in its order, and never without a mark before.

claim ──> admitted by the limits ──> marked `sending` ──> sent ──> settled
              └── not now: given back, due later
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from domain.delivery.deliveries import (
    STOPPED_WAIT,
    ClaimedDelivery,
    DeliveryTransition,
    SendResult,
    SendStatus,
    apply_result,
    apply_result_to_group,
)
from domain.errors import Unavailable
from domain.rules.lanes import Lane
from messaging.sending.groups import MAX_DELIVERIES, MAX_SEPARATE, next_group
from messaging.sending.ports import Outbox, Rendering, Symbols
from messaging.sending.rate_limiter import Limiter, stale_seconds
from messaging.sending.write_batcher import WriteBatcher
from runtime.clock import monotonic, unix
from runtime.observability import metrics
from runtime.processes.failpoints import failpoint
from runtime.processes.lifecycle import Stop

log = logging.getLogger(__name__)

MAX_CLAIMED = 500
"""Messages held at a time; what is told together counts once."""
MIN_CLAIMED = 64
CLAIMED_SECONDS = 8.0
"""No more messages are held than could be sent in this time, so that what comes later finds its place."""
URGENT_CLAIMED = 100
"""As many urgent ones may be held beyond that."""
MAX_IN_FLIGHT = 128
"""Messages on their way to Telegram at a time."""
_BATCH_DELAY = 0.002
"""Seconds in which marks and notes gather when there are many."""
PATIENCE = {Lane.URGENT: 4.5}
_PATIENCE = 2.0
"""Seconds that a claimed delivery waits for the limits before it is given back, by lane."""
_LIMITED_SECONDS = 0.1
"""Who waited so long for the limits is at one of them."""
_STALE_PATIENCE = 10.0
BATCH_SECONDS = 15.0
"""How long a chat's deliveries are worked on before the rest is given back; well within the lease."""
RECORDING_SECONDS = 20.0
"""How long an outcome is tried to be noted while the outbox is away; within the lease of the mark."""
_RECORDING_PAUSE = 0.5
POLL_SECONDS = 2.0
"""How often is looked for due deliveries when nobody says that there are any."""
_NEVER = float("inf")
_MIN_WAIT = 0.01


class Sender:
    """Sends until it is stopped. Two senders, in one process or in many, never send the same delivery.

    Args:
        outbox: where the deliveries stand.
        telling: makes messages of them.
        limiter: says when one may go.
        fold: whether deliveries of a chat that wait together are told together.
    """

    def __init__(
        self, outbox: Outbox, rendering: Rendering, limiter: Limiter, *, group_messages: bool = True
    ) -> None:
        self._outbox = outbox
        self._rendering = rendering
        self._limiter = limiter
        self._group_messages = group_messages
        self._stale_seconds = stale_seconds(limiter.rate)
        self._max_claimed = int(min(MAX_CLAIMED, max(MIN_CLAIMED, limiter.rate * CLAIMED_SECONDS)))
        self._marks = WriteBatcher(self._mark, batch_delay=_BATCH_DELAY)
        self._records = WriteBatcher(self._record, batch_delay=_BATCH_DELAY)
        self._in_flight = asyncio.Semaphore(MAX_IN_FLIGHT)
        self._news = asyncio.Event()
        self._claimed_weight = 0
        self._unreleased: list[int] = []
        """Claims that could not be given back because the outbox was away."""
        self._next_poll_at = 0.0
        self._postponed = _NEVER
        self._stopped_until = 0.0

    def wake(self) -> None:
        """Deliveries may be due: look at once. Call it in the sender's event loop."""
        self._news.set()

    async def run(self, stop: Stop) -> None:
        """Send what is due, until the stop; then finish what is in flight and give back the rest.

        While the outbox is away it is asked again and again; what is in flight is not disturbed by that.
        """
        async with asyncio.TaskGroup() as chats, asyncio.TaskGroup() as watch:
            task = watch.create_task(self._wake_at(stop))
            while not stop.is_set():
                self._news.clear()
                try:
                    await self._start_all(chats, stop)
                except Unavailable as error:
                    log.warning("No deliveries can be claimed: %s", error)
                await self._wait()
            task.cancel()

    async def _wake_at(self, stop: Stop) -> None:
        await stop.wait()
        self.wake()

    async def _start_all(self, chats: asyncio.TaskGroup, stop: Stop) -> None:
        while await self._start(chats, stop):
            continue

    async def _start(self, chats: asyncio.TaskGroup, stop: Stop) -> bool:
        """Claim as much as there is room for and begin to send it; whether there may be more."""
        now = monotonic()
        self._next_poll_at = now + POLL_SECONDS
        if self._postponed <= now:
            self._postponed = _NEVER
        room, lane = self._room()
        if room <= 0 or self._stopped_until > now or stop.is_set():
            return False
        if self._unreleased:
            await self._outbox.release(self._unreleased, 0.0)
            self._unreleased = []
        claimed = sorted(await self._outbox.claim(room, lane), key=_by_chat)
        if not claimed:
            return False
        failpoint("claimed")
        symbols = await self._rendering.look_up(claimed)
        for (chat_id, of), group in groupby(claimed, key=lambda one: (one.chat_id, one.lane)):
            batch = _ChatBatch(chat_id, of, list(group), symbols, monotonic() + BATCH_SECONDS)
            self._claimed_weight += self._weight(batch)
            chats.create_task(self._serve(batch, stop))
        return len(claimed) >= min(room, MAX_DELIVERIES if self._group_messages else 1)

    def _weight(self, batch: _ChatBatch) -> int:
        """How many messages it makes: what a chat does not take at once is told together."""
        return (
            len(batch.deliveries) if not self._group_messages or len(batch.deliveries) <= MAX_SEPARATE else 1
        )

    def _room(self) -> tuple[int, Lane]:
        """How much may be claimed, and from which lanes: some room is kept for what is urgent."""
        if self._has_room:
            return self._max_claimed - self._claimed_weight, Lane.BULK
        return self._max_claimed + URGENT_CLAIMED - self._claimed_weight, Lane.URGENT

    @property
    def _has_room(self) -> bool:
        return self._max_claimed - self._claimed_weight >= self._max_claimed // 4

    async def _wait(self) -> None:
        """For news, or until it is time to look again."""
        left = min(self._next_poll_at, self._postponed) - monotonic()
        try:
            async with asyncio.timeout(max(left, _MIN_WAIT)):
                await self._news.wait()
        except TimeoutError:
            return

    async def _serve(self, batch: _ChatBatch, stop: Stop) -> None:
        """Send a chat's deliveries in their order; what cannot go now is given back."""
        weight = self._weight(batch)
        try:
            wait = await self._send_all(batch, stop)
            self._postponed = min(self._postponed, monotonic() + wait)
            if batch.deliveries:
                await self._outbox.release([one.delivery_id for one in batch.deliveries], wait)
        except Unavailable as error:
            log.debug("The deliveries of a chat are put off: %s", error)
            self._unreleased += [one.delivery_id for one in batch.deliveries]
        finally:
            self._claimed_weight -= weight
            if self._has_room:
                self._news.set()

    async def _send_all(self, batch: _ChatBatch, stop: Stop) -> float:
        """Send from the front until something stops it; the seconds that the rest is to wait."""
        while batch.deliveries and not stop.is_set() and monotonic() < batch.ends_at:
            if self._stopped_until > monotonic():
                return STOPPED_WAIT
            began = monotonic()
            patience = PATIENCE.get(batch.lane, _PATIENCE)
            wait = await self._limiter.admit(batch.chat_id, patience=patience, lane=batch.lane)
            if wait > 0 or stop.is_set():
                return wait
            batch.admitted_at = monotonic()
            is_limited = batch.admitted_at - began > _LIMITED_SECONDS
            group = (
                next_group(batch.deliveries, is_limited=is_limited)
                if self._group_messages
                else batch.deliveries[:1]
            )
            async with self._in_flight:
                result = await self._send(group, batch)
            if result is not None and result.status not in _FINAL:
                return apply_result(group[0], result).wait
        return 0.0

    async def _send(self, group: Sequence[ClaimedDelivery], batch: _ChatBatch) -> SendResult | None:
        """Mark, send, and note what came of it; None: none of it may be sent any more."""
        marked = await self._marks.submit([one.delivery_id for one in group])
        marked_now = {one.delivery_id for one in group}
        batch.deliveries = [one for one in batch.deliveries if one.delivery_id not in marked_now]
        group = [one for one in group if one.delivery_id in marked]
        if not group:
            return None
        failpoint("marked")
        result = await self._send_message(group, batch)
        failpoint("accepted")
        await self._follow_up(group, result)
        await self._records.submit(apply_result_to_group(group, result))
        failpoint("noted")
        return result

    async def _send_message(self, group: Sequence[ClaimedDelivery], batch: _ChatBatch) -> SendResult:
        try:
            message = self._rendering.build(group, batch.symbols)
        except Exception:
            log.exception("Alert %d cannot be put into words; it is tried again", group[0].alert_id)
            status = SendStatus.REFUSED if len(group) == 1 else SendStatus.UNDELIVERABLE
            return SendResult(status=status, reason="it could not be put into words")
        is_stale = monotonic() - batch.admitted_at > self._stale_seconds
        if is_stale and await self._limiter.again(patience=_STALE_PATIENCE, lane=batch.lane) > 0:
            return SendResult(status=SendStatus.REFUSED, reason="it could not go in time")
        return await self._rendering.send(message)

    async def _follow_up(self, group: Sequence[ClaimedDelivery], result: SendResult) -> None:
        """What an outcome means beyond its deliveries."""
        _count(group, result)
        chat_id = group[0].chat_id
        if result.retry_after is not None:
            await self._limiter.refused(chat_id, result.retry_after)
        if result.status is SendStatus.CHAT_CLOSED:
            await self._outbox.close_chat(chat_id, result.reason)
        if result.status is SendStatus.MIGRATED and result.new_chat_id is not None:
            await self._outbox.migrate_chat(chat_id, result.new_chat_id)
        if result.status is SendStatus.TOKEN_REJECTED:
            self._stand_still(result)

    def _stand_still(self, result: SendResult) -> None:
        if self._stopped_until <= monotonic():
            log.error(
                "Telegram refuses the bot's token (%s): nothing is sent, nothing is lost;"
                " looking again in %g s. Put a valid token into BOT_TOKEN and restart.",
                result.reason,
                STOPPED_WAIT,
            )
        self._stopped_until = monotonic() + STOPPED_WAIT

    async def _mark(self, groups: Sequence[Sequence[int]]) -> list[set[int]]:
        marked = await self._outbox.mark([delivery_id for ids in groups for delivery_id in ids])
        return [marked.intersection(ids) for ids in groups]

    async def _record(self, groups: Sequence[Sequence[DeliveryTransition]]) -> list[None]:
        """Keep at it while the outbox is away: what is not noted in time would be sent again."""
        transitions = [one for group in groups for one in group]
        end = monotonic() + RECORDING_SECONDS
        while True:
            try:
                await self._outbox.record_results(transitions)
            except Unavailable:
                if monotonic() > end:
                    raise
                await asyncio.sleep(_RECORDING_PAUSE)
            else:
                return [None] * len(groups)


@dataclass(slots=True)
class _ChatBatch:
    """The deliveries of one chat and lane that are held; the front one is next."""

    chat_id: int
    lane: Lane
    deliveries: list[ClaimedDelivery]
    symbols: Symbols
    ends_at: float
    """When the rest is given back, by the monotonic clock."""
    admitted_at: float = 0.0
    """When the limits let its next message go, by the same."""


_FINAL = frozenset({SendStatus.ACCEPTED, SendStatus.UNDELIVERABLE})
"""After these the next message of the chat may go; after all others it waits, so that the order is kept."""


def _by_chat(claimed: ClaimedDelivery) -> tuple[int, int, int]:
    return claimed.lane, claimed.chat_id, claimed.delivery_id


def _count(group: Sequence[ClaimedDelivery], result: SendResult) -> None:
    metrics.deliveries.labels(result.status.value).inc(len(group))
    if len(group) > 1:
        metrics.deliveries_grouped.inc(len(group))
    if result.status is SendStatus.AMBIGUOUS:
        metrics.deliveries_ambiguous.inc(len(group))
    if result.status is not SendStatus.ACCEPTED:
        log.warning("Delivery %d: %s (%s)", group[0].delivery_id, result.status.value, result.reason)
        return
    now = unix()
    for claimed in group:
        metrics.delivery_latency_seconds.observe(max(0.0, now - claimed.happened_at.timestamp()))
