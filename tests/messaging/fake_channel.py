"""A channel, its limits and an outbox that hold everything in memory and answer as they are told."""

from collections.abc import Sequence

from domain.delivery.deliveries import ClaimedDelivery, Destination
from domain.delivery.facts import MessageFacts
from domain.delivery.results import DeliveryTransition, SendResult, SendStatus
from domain.rules.lanes import Lane

ACCEPTED = SendResult(status=SendStatus.ACCEPTED, message_id=7)


class FakeLimits:
    """Let everything go, unless `waits` says for how long not."""

    rate = 1000.0

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.silences: list[tuple[Destination, float]] = []
        self.observed: list[SendStatus] = []
        self.repeated: list[bool] = []
        self.has_failed = False

    async def admit(
        self, destination: Destination, *, patience: float, lane: Lane, is_repeat: bool = False
    ) -> float:
        del destination, patience, lane
        self.repeated.append(is_repeat)
        return self.waits.pop(0) if self.waits else 0.0

    async def again(self, *, patience: float, lane: Lane) -> float:
        del patience, lane
        return 0.0

    async def refused(self, destination: Destination, retry_after: float) -> None:
        self.silences.append((destination, retry_after))

    async def standstill(self) -> float:
        return 0.0

    def has_failed_since(self, began: float) -> bool:
        del began
        return self.has_failed

    async def observe(self, result: SendResult, *, began: float) -> None:
        del began
        self.observed.append(result.status)


class FakeOutbox:
    """Remembers in order what was marked and recorded, and what became of destinations."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.unmarkable: set[int] = set()
        self.errors: list[Exception] = []
        self.transitions: list[DeliveryTransition] = []

    async def claim(self, room: int, up_to: Lane, *, spare_room: int) -> list[ClaimedDelivery]:
        del room, up_to, spare_room
        return []

    async def mark(self, delivery_ids: Sequence[int]) -> set[int]:
        self.log.append(f"mark {list(delivery_ids)}")
        return set(delivery_ids) - self.unmarkable

    async def record_results(self, transitions: Sequence[DeliveryTransition]) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.log.append(f"record {[one.delivery_id for one in transitions]}")
        self.transitions += transitions

    async def release(self, delivery_ids: Sequence[int], wait: float) -> None:
        self.log.append(f"release {list(delivery_ids)} for {wait:g} s")

    async def close(self, destination: Destination, reason: str) -> None:
        self.log.append(f"close {destination.chat_id}: {reason}")

    async def hold(self, destination: Destination, reason: str) -> None:
        self.log.append(f"hold {destination.chat_id}: {reason}")

    async def migrate(self, destination: Destination, new_chat_id: int) -> None:
        self.log.append(f"migrate {destination.chat_id} to {new_chat_id}")


class FakeChannel:
    """Sends the ids of the deliveries; answers with `answers` in their order, then accepts."""

    def __init__(self, outbox: FakeOutbox, *answers: SendResult) -> None:
        self.limits = FakeLimits()
        self.wordless: set[int] = set()
        self.gone: set[int] = set()
        self._log = outbox.log
        self._answers = [*answers]

    def render(self, group: Sequence[ClaimedDelivery], facts: MessageFacts) -> list[int] | None:
        del facts
        ids = [one.delivery_id for one in group]
        if self.wordless.intersection(ids):
            raise LookupError("a fact is missing")
        return None if self.gone.intersection(ids) else ids

    async def send(self, message: list[int]) -> SendResult:
        self._log.append(f"send {message}")
        return self._answers.pop(0) if self._answers else ACCEPTED
