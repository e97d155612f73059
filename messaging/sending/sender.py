"""Sends due deliveries by their channels: destinations in parallel, each in its order.

claim ──> one batch for each destination and lane ──> chat_sender.py
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from itertools import groupby

from domain.delivery.deliveries import ChannelName, ClaimedDelivery, Destination
from domain.delivery.facts import MessageFacts
from domain.errors import Unavailable
from domain.rules.lanes import Lane
from messaging.sending.chat_batch import ChatBatch
from messaging.sending.chat_sender import BATCH_SECONDS, MAX_IN_FLIGHT, ChatSender
from messaging.sending.groups import MAX_DELIVERIES, MAX_SEPARATE
from messaging.sending.ports import Channel, Outbox, ReadFacts
from runtime.clock import monotonic
from runtime.processes.lifecycle import Stop, failpoint

log = logging.getLogger(__name__)

MAX_CLAIMED = 500
"""Messages claimed at a time; what goes in one message counts once."""
MIN_CLAIMED = 64
CLAIMED_SECONDS = 8.0
"""No more messages are claimed than could be sent in this time, so that what comes later finds its place."""
URGENT_CLAIMED = 100
"""As many urgent ones may be claimed beyond that."""
SPARE_CLAIMED = 50
"""Messages of the lanes below NORMAL that are claimed at a time: they leave the room of the others alone."""
POLL_SECONDS = 2.0
"""How often due deliveries are looked for when no wake-up comes."""
MIN_PAUSE = 0.01
"""Where there is no order: seconds after something was sent until more is looked for, unless news comes."""
CLAIM_SHARE = 0.1
"""Of the time, at most so much is spent on claims that find nothing."""
_NEVER = float("inf")
_MIN_WAIT = 0.01


class Sender:
    """Sends until it is stopped. Two senders, in one process or in many, never send the same delivery.

    Args:
        outbox: where the deliveries are stored.
        channels: by what they go.
        read_facts: looks up what they need to become messages.
        group_messages: whether deliveries of a chat that wait together go together.
        in_order: whether those of a destination go one after the other; else all that is claimed goes.
        max_in_flight: messages on their way at a time.
    """

    def __init__(
        self,
        outbox: Outbox,
        channels: Mapping[ChannelName, Channel],
        read_facts: ReadFacts,
        *,
        group_messages: bool = True,
        in_order: bool = True,
        max_in_flight: int = MAX_IN_FLIGHT,
    ) -> None:
        self._outbox = outbox
        self._read_facts = read_facts
        self._group_messages = group_messages
        self._chat_sender = ChatSender(
            outbox, channels, group_messages=group_messages, max_in_flight=max_in_flight
        )
        self._in_order = in_order
        self._batch_key = _destination_key if in_order else _by_itself
        self._pause = MIN_PAUSE
        self._next_poll: asyncio.TimerHandle | None = None
        rate = max(channel.limits.rate for channel in channels.values())
        self._max_claimed = int(min(MAX_CLAIMED, max(MIN_CLAIMED, rate * CLAIMED_SECONDS)))
        self._news = asyncio.Event()
        self._claimed = 0
        """Messages of the lanes down to NORMAL that are claimed."""
        self._spare_claimed = 0
        """The same of the lanes below."""
        self._unreleased: list[int] = []
        """Claims that could not be given back because the outbox was unavailable."""
        self._next_poll_at = 0.0
        self._postponed = _NEVER

    def wake(self) -> None:
        """Deliveries may be due: look at once. Call it in the sender's event loop."""
        self._news.set()

    async def run(self, stop: Stop) -> None:
        """Send what is due, until the stop; then finish what is in flight and give back the rest.

        While the outbox is unavailable it is asked repeatedly; what is in flight is not disturbed by that.
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
        if room <= 0 or self._chat_sender.is_stopped or stop.is_set():
            return False
        if (wait := await self._chat_sender.standstill()) > 0:
            self._postponed = min(self._postponed, monotonic() + wait)
            return False
        if self._unreleased:
            await self._outbox.release(self._unreleased, 0.0)
            self._unreleased = []
        began = monotonic()
        claimed = await self._outbox.claim(room, lane, spare_room=self._spare_room())
        took = monotonic() - began
        self._pause = MIN_PAUSE if claimed else max(MIN_PAUSE, took / CLAIM_SHARE)
        claimed.sort(key=_by_destination)
        if not claimed:
            return False
        failpoint("claimed")
        facts = await self._read_facts(claimed)
        for _, group in groupby(claimed, key=self._batch_key):
            batch = _batch(list(group), facts)
            self._weigh(batch.lane, self._weight(batch))
            chats.create_task(self._serve(batch, stop))
        return len(claimed) >= self._full_claim(room)

    def _full_claim(self, room: int) -> int:
        """So much is claimed where more may be due. Without an order a claim takes all that may go."""
        if not self._in_order:
            return max(1, room // 2)
        return min(room, MAX_DELIVERIES if self._group_messages else 1)

    def _weight(self, batch: ChatBatch) -> int:
        """How many messages it makes: what a chat does not take at once goes together."""
        number = len(batch.deliveries)
        return 1 if self._group_messages and number > MAX_SEPARATE else number

    def _weigh(self, lane: Lane, weight: int) -> None:
        if lane > Lane.NORMAL:
            self._spare_claimed += weight
        else:
            self._claimed += weight

    def _room(self) -> tuple[int, Lane]:
        """How much may be claimed, and from which lanes: some room is kept for what is urgent."""
        if self._has_room:
            return self._max_claimed - self._claimed, Lane.BROADCAST
        return self._max_claimed + URGENT_CLAIMED - self._claimed, Lane.URGENT

    def _spare_room(self) -> int:
        """Half of it at least, so that it is not claimed message by message."""
        free = SPARE_CLAIMED - self._spare_claimed
        return free if free >= SPARE_CLAIMED // 2 else 0

    @property
    def _has_room(self) -> bool:
        return self._max_claimed - self._claimed >= self._max_claimed // 4

    async def _wait(self) -> None:
        """For news, or until it is time to look again."""
        left = min(self._next_poll_at, self._postponed) - monotonic()
        try:
            async with asyncio.timeout(max(left, _MIN_WAIT)):
                await self._news.wait()
        except TimeoutError:
            return

    async def _serve(self, batch: ChatBatch, stop: Stop) -> None:
        """Send a batch; what cannot go now is given back."""
        weight = self._weight(batch)
        try:
            wait = await self._chat_sender.send_all(batch, stop)
            self._postponed = min(self._postponed, monotonic() + wait)
            if batch.deliveries:
                await self._outbox.release([one.delivery_id for one in batch.deliveries], wait)
        except Unavailable as error:
            log.debug("The deliveries of a chat are postponed: %s", error)
            self._unreleased += [one.delivery_id for one in batch.deliveries]
        finally:
            self._weigh(batch.lane, -weight)
            if self._has_room:
                self._look_for_more()

    def _look_for_more(self) -> None:
        """Room was made. Without an order so much ends at a time that one check serves for all of it."""
        if self._in_order:
            self._news.set()
        elif self._next_poll is None:
            self._next_poll = asyncio.get_running_loop().call_later(self._pause, self._claim_again)

    def _claim_again(self) -> None:
        self._next_poll = None
        self._news.set()


def _batch(deliveries: list[ClaimedDelivery], facts: MessageFacts) -> ChatBatch:
    first = deliveries[0]
    return ChatBatch(
        destination=Destination(channel=first.channel, chat_id=first.chat_id, address=first.address),
        lane=first.lane,
        deliveries=deliveries,
        facts=facts,
        ends_at=monotonic() + BATCH_SECONDS,
    )


def _by_itself(delivery: ClaimedDelivery) -> int:
    return delivery.delivery_id


def _destination_key(delivery: ClaimedDelivery) -> tuple[Lane, ChannelName, int, str]:
    return delivery.lane, delivery.channel, delivery.chat_id, delivery.address


def _by_destination(delivery: ClaimedDelivery) -> tuple[Lane, ChannelName, int, str, int]:
    return (*_destination_key(delivery), delivery.delivery_id)
