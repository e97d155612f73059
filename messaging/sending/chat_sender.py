"""Sends what was claimed for one destination: in its order, and never without a mark before.

What follows from a send beyond its delivery, for the chat and for the limits, stands here once.

admitted by the limits ──> marked `sending` ──> sent ──> recorded
    └── not now: the rest is given back, due later
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Mapping, Sequence
from typing import Any

from domain.delivery.deliveries import ChannelName, ClaimedDelivery, DeliveryState, Destination
from domain.delivery.results import (
    FIRST_WAIT,
    NO_WORDS,
    TOKEN_REJECTED_WAIT,
    DeliveryTransition,
    NoMessageToEdit,
    SendResult,
    SendStatus,
    apply_result,
    apply_result_to_group,
)
from domain.errors import Unavailable
from domain.rules.lanes import Lane
from messaging.sending.chat_batch import ChatBatch, is_copy, may_repeat
from messaging.sending.figures import note_send
from messaging.sending.groups import next_alone, next_group
from messaging.sending.ports import Channel, Destinations, Limits, Outbox
from messaging.sending.rate_limiter import stale_seconds
from runtime.clock import monotonic
from runtime.observability import metrics
from runtime.observability.logs import logged_as
from runtime.processes.lifecycle import Stop, failpoint
from runtime.shared_calls import WriteBatcher

log = logging.getLogger(__name__)
MAX_IN_FLIGHT = 128
"""Messages on their way at a time, where nobody says otherwise."""
PATIENCE = {Lane.URGENT: 4.5, Lane.BULK: 5.0, Lane.BROADCAST: 5.0}
_PATIENCE = 2.0
"""Seconds that a claimed delivery waits for the limits before it is given back, by lane."""
BATCH_SECONDS = 15.0
"""How long a batch is worked on before the rest is given back; well within the lease."""
RECORDING_SECONDS = 20.0
"""How long a result is tried to be recorded while the outbox is unavailable; within the lease of the mark."""
_RECORDING_PAUSE = 0.5
_BATCH_DELAY = 0.002
"""Seconds in which marks and results gather when there are many."""
_LIMITED_SECONDS = 0.1
"""Who waited so long for the limits is at one of them."""
_STALE_PATIENCE = 10.0
_NEXT_MAY_GO = frozenset({SendStatus.ACCEPTED, SendStatus.UNDELIVERABLE, SendStatus.MESSAGE_GONE})
"""After these the next message may go; after all others it waits, so that the order is kept."""


async def follow_up(
    destination: Destination,
    result: SendResult,
    *,
    began: float,
    destinations: Destinations,
    limits: Limits,
) -> None:
    """Keep silent as long as the channel asks, and while it does not answer; close, hold and move chats.

    What follows for the deliveries themselves: domain/delivery/results.py. A rejected token stops the sender.

    Args:
        destination: where the message was sent.
        result: what came of it.
        began: when it began to be sent, by the monotonic clock.
        destinations: where it is kept.
        limits: of the channel.
    """
    await limits.observe(result, began=began)
    if result.retry_after is not None:
        await limits.refused(destination, result.retry_after)
    if result.status is SendStatus.CHAT_CLOSED:
        await destinations.close(destination, result.reason)
    if result.status is SendStatus.CHAT_SUSPENDED:
        metrics.chat_suspensions.inc()
        await destinations.hold(destination, result.reason)
    if result.status is SendStatus.MIGRATED and result.new_chat_id is not None:
        await destinations.migrate(destination, result.new_chat_id)


class ChatSender:
    """Sends batches; any number at a time.

    Args:
        outbox: where the deliveries are stored.
        channels: by what they go.
        group_messages: whether deliveries of a chat that wait together go together.
        max_in_flight: messages on their way at a time.
    """

    def __init__(
        self,
        outbox: Outbox,
        channels: Mapping[ChannelName, Channel],
        *,
        group_messages: bool = True,
        max_in_flight: int = MAX_IN_FLIGHT,
    ) -> None:
        self._outbox = outbox
        self._channels = channels
        self._group_messages = group_messages
        self._stale_seconds = {name: stale_seconds(one.limits.rate) for name, one in channels.items()}
        self._marks = WriteBatcher(self._mark, batch_delay=_BATCH_DELAY)
        self._records = WriteBatcher(self._record, batch_delay=_BATCH_DELAY)
        self._in_flight = asyncio.Semaphore(max_in_flight)
        self._in_hand: set[int] = set()
        """Deliveries from before their mark until their record. A crash of PostgreSQL may undo a claim whose
        answer has come; its deliveries are then claimed again, and this process has each of them twice."""
        self._stopped_until = dict.fromkeys(channels, 0.0)

    @property
    def is_stopped(self) -> bool:
        """Whether no channel may be used just now: its token is rejected."""
        return min(self._stopped_until.values()) > monotonic()

    async def standstill(self) -> float:
        """For how many seconds no channel takes anything; 0.0: continue."""
        return min([await channel.limits.standstill() for channel in self._channels.values()])

    async def send_all(self, batch: ChatBatch, stop: Stop) -> float:
        """Send from the front until something stops it; the seconds that the rest is to wait.

        Raises:
            Unavailable: the outbox is unavailable.
        """
        try:
            wait = await self._send_from_front(batch, stop)
        finally:
            batch.deliveries = batch.aside + batch.deliveries
        return max(wait, batch.aside_wait)

    async def _send_from_front(self, batch: ChatBatch, stop: Stop) -> float:
        channel = self._channels[batch.destination.channel]
        while batch.deliveries and not stop.is_set() and monotonic() < batch.ends_at:
            if self._stopped_until[batch.destination.channel] > monotonic():
                return TOKEN_REJECTED_WAIT
            began = monotonic()
            patience = PATIENCE.get(batch.lane, _PATIENCE)
            is_repeat = may_repeat(batch.deliveries[0])
            wait = await channel.limits.admit(
                batch.destination, patience=patience, lane=batch.lane, is_repeat=is_repeat
            )
            if wait > 0 and is_copy(batch.deliveries[0]) and batch.set_repeats_aside(wait):
                continue
            if wait > 0 or stop.is_set():
                return wait
            batch.admitted_at = monotonic()
            group = self._next_group(batch, is_limited=batch.admitted_at - began > _LIMITED_SECONDS)
            async with self._in_flight:
                result = await self._send(group, batch, channel)
            if result is not None and result.status not in _NEXT_MAY_GO:
                return _wait_of_rest(apply_result(group[0], result))
        return 0.0

    def _next_group(self, batch: ChatBatch, *, is_limited: bool) -> Sequence[ClaimedDelivery]:
        if not self._group_messages:
            return next_alone(batch.deliveries)
        return next_group(batch.deliveries, is_limited=is_limited)

    async def _send(
        self, group: Sequence[ClaimedDelivery], batch: ChatBatch, channel: Channel
    ) -> SendResult | None:
        """Mark, send, and record what came of it; None: none of it may be sent, or it is being sent."""
        mine = [one.delivery_id for one in group if one.delivery_id not in self._in_hand]
        self._in_hand.update(mine)
        try:
            marked = await self._marks.submit(mine) if mine else set()
            taken = {one.delivery_id for one in group}
            batch.deliveries = [one for one in batch.deliveries if one.delivery_id not in taken]
            group = [one for one in group if one.delivery_id in marked]
            return await self._send_marked(group, batch, channel) if group else None
        finally:
            self._in_hand.difference_update(mine)

    async def _send_marked(
        self, group: Sequence[ClaimedDelivery], batch: ChatBatch, channel: Channel
    ) -> SendResult:
        failpoint("marked")
        began = monotonic()
        with logged_as(delivery=group[0].delivery_id):
            result = await self._call(group, batch, channel)
        failpoint("accepted")
        note_send(group, result, admitted_at=batch.admitted_at)
        await follow_up(
            batch.destination, result, began=began, destinations=self._outbox, limits=channel.limits
        )
        if result.status is SendStatus.TOKEN_REJECTED:
            self._stand_still(batch.destination.channel, result)
        await self._records.submit(apply_result_to_group(group, result))
        failpoint("noted")
        return result

    async def _call(self, group: Sequence[ClaimedDelivery], batch: ChatBatch, channel: Channel) -> SendResult:
        try:
            message = channel.render(group, batch.facts)
        except NoMessageToEdit:
            return SendResult(status=SendStatus.MESSAGE_GONE, reason="there is no message to be edited")
        except Exception:
            log.exception("Delivery %d cannot be rendered; it is tried again", group[0].delivery_id)
            status = SendStatus.REFUSED if len(group) == 1 else SendStatus.UNDELIVERABLE
            return SendResult(status=status, reason=NO_WORDS)
        if message is None:
            return SendResult(status=SendStatus.ACCEPTED, reason="what it is about was deleted")
        is_stale = monotonic() - batch.admitted_at > self._stale_seconds[batch.destination.channel]
        if is_stale and await channel.limits.again(patience=_STALE_PATIENCE, lane=batch.lane) > 0:
            return SendResult(status=SendStatus.REFUSED, reason="it could not go in time")
        if channel.limits.has_failed_since(batch.admitted_at):
            return SendResult(status=SendStatus.REFUSED, held_back=True, reason="Telegram does not answer")
        return await _sent(channel, message)

    def _stand_still(self, channel: ChannelName, result: SendResult) -> None:
        if self._stopped_until[channel] <= monotonic():
            log.error(
                "Telegram refuses the bot's token (%s): nothing is sent, nothing is lost;"
                " looking again in %g s. Put a valid token into BOT_TOKEN and restart.",
                result.reason,
                TOKEN_REJECTED_WAIT,
            )
        self._stopped_until[channel] = monotonic() + TOKEN_REJECTED_WAIT

    async def _mark(self, groups: Sequence[Sequence[int]]) -> list[set[int]]:
        marked = await self._outbox.mark([delivery_id for ids in groups for delivery_id in ids])
        return [marked.intersection(ids) for ids in groups]

    async def _record(self, groups: Sequence[Sequence[DeliveryTransition]]) -> list[None]:
        """Keep at it while the outbox is unavailable: what is not recorded in time would be sent again."""
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


def _wait_of_rest(transition: DeliveryTransition) -> float:
    """Seconds that what stands behind a delivery waits: no hour, as for the line that names one."""
    return FIRST_WAIT if transition.state is DeliveryState.UNCONFIRMED else transition.wait


async def _sent(channel: Channel, message: Any) -> SendResult:
    """What came of a message; no answer of one destination may end the sender of all.

    A fault is logged without its own words, which may hold an address or a token.
    """
    try:
        return await channel.send(message)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is recorded and tried again
        kind, where = type(error).__name__, "".join(traceback.format_tb(error.__traceback__))
        log.error("A channel failed while it sent: %s; it may have arrived\n%s", kind, where)  # noqa: TRY400 - the same
        return SendResult(status=SendStatus.AMBIGUOUS, reason=f"no answer that could be understood: {kind}")
