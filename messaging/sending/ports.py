"""Ports of the sender: the outbox, destinations, facts, and channels."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from domain.delivery.deliveries import ClaimedDelivery, Destination
from domain.delivery.facts import MessageFacts
from domain.delivery.results import DeliveryTransition, SendResult
from domain.rules.lanes import Lane


class Destinations(Protocol):
    """What is kept of destinations; each method raises Unavailable when that is unavailable."""

    async def close(self, destination: Destination, reason: str) -> None:
        """Nothing can be sent there any more."""
        ...

    async def hold(self, destination: Destination, reason: str) -> None:
        """Nothing may be sent there at present: what waits is tried again after a pause that grows."""
        ...

    async def migrate(self, destination: Destination, new_chat_id: int) -> None:
        """The chat has a new id."""
        ...


class Outbox(Destinations, Protocol):
    """The deliveries, kept where nothing is lost; each method raises Unavailable when that is unavailable."""

    async def claim(self, room: int, up_to: Lane, *, spare_room: int) -> list[ClaimedDelivery]:
        """Take the right to send about so many messages, by lane and fair-queue time.

        Args:
            room: messages of the lanes down to NORMAL.
            up_to: no lane below this one.
            spare_room: messages of the lanes below NORMAL.
        """
        ...

    async def mark(self, delivery_ids: Sequence[int]) -> set[int]:
        """Commit that these are being sent; those that may be."""
        ...

    async def record_results(self, transitions: Sequence[DeliveryTransition]) -> None:
        """Store what became of marked ones."""
        ...

    async def release(self, delivery_ids: Sequence[int], wait: float) -> None:
        """Give back what was not marked; due again after so many seconds."""
        ...


class Limits(Protocol):
    """When a channel takes the next message."""

    @property
    def rate(self) -> float:
        """Messages a second over all destinations."""
        ...

    async def admit(
        self, destination: Destination, *, patience: float, lane: Lane, is_repeat: bool = False
    ) -> float:
        """Wait up to `patience` seconds: 0.0: send now; above: not now, but probably in so many seconds.

        Args:
            destination: where the message goes.
            patience: seconds.
            lane: of the message.
            is_repeat: its first copy may have arrived; it is sent only when the channel is seen to answer.
        """
        ...

    async def again(self, *, patience: float, lane: Lane) -> float:
        """The same for a message that did not go when it was admitted."""
        ...

    async def refused(self, destination: Destination, retry_after: float) -> None:
        """The channel asked for silence of so many seconds."""
        ...

    async def standstill(self) -> float:
        """For how many seconds nothing can be sent, since the channel does not answer; 0.0: continue."""
        ...

    def has_failed_since(self, began: float) -> bool:
        """Whether the channel failed after `began`, by the monotonic clock, and has not answered since."""
        ...

    async def observe(self, result: SendResult, *, began: float) -> None:
        """Learn from what came of a message that began to be sent at that time, by the monotonic clock."""
        ...


class Channel(Protocol):
    """A way to send messages: a folder in messaging/, and a row in the table that wiring gives the sender."""

    @property
    def limits(self) -> Limits:
        """When the next message may go."""
        ...

    def render(self, group: Sequence[ClaimedDelivery], facts: MessageFacts) -> Any | None:
        """One message for deliveries that go together; None: there is nothing left to be sent.

        Raises:
            LookupError: what it needs to know is not among the facts; it is to be tried again.
        """
        ...

    async def send(self, message: Any) -> SendResult:
        """Send what `render` made; every fault is a `SendResult`."""
        ...


ReadFacts = Callable[[Sequence[ClaimedDelivery]], Awaitable[MessageFacts]]
"""Looks up what these deliveries need to become messages; what cannot be looked up is missing."""
