"""What somebody waits for goes through the limits of all, before all others."""

import pytest

from domain.delivery.deliveries import Destination
from domain.delivery.results import SendStatus
from domain.rules.lanes import Lane
from messaging.sending.rate_limiter import Limiter
from messaging.telegram import replies as module
from messaging.telegram.channel import ChatLimits
from messaging.telegram.methods import Message, Methods
from messaging.telegram.replies import Replies
from sandbox.telegram.faults import Fault, FaultKind
from sandbox.telegram.server import SandboxTelegram
from tests.messaging.limits import Counted


class Chats:
    """Remembers what becomes of chats."""

    def __init__(self) -> None:
        self.closed: list[tuple[int, str]] = []
        self.suspended: list[tuple[int, str]] = []
        self.migrated: list[tuple[int, int]] = []

    async def close(self, destination: Destination, reason: str) -> None:
        self.closed.append((destination.chat_id, reason))

    async def hold(self, destination: Destination, reason: str) -> None:
        self.suspended.append((destination.chat_id, reason))

    async def migrate(self, destination: Destination, new_chat_id: int) -> None:
        self.migrated.append((destination.chat_id, new_chat_id))


def replies(methods: Methods, limiter: Limiter, chats: Chats | None = None) -> Replies:
    return Replies(methods, ChatLimits(limiter=limiter), chats or Chats())


async def test_an_answer_goes_when_alerts_of_its_chat_have_to_wait(
    telegram: SandboxTelegram, methods: Methods, alice: int
) -> None:
    limiter = Limiter(Counted(), rate=1000)
    while await limiter.admit(alice, patience=0.0) == 0.0:
        continue
    assert await limiter.admit(alice, patience=0.0, lane=Lane.BULK) > 0
    sent = await replies(methods, limiter).send(Message(chat_id=alice, text="answer"))
    assert sent.status is SendStatus.ACCEPTED


async def test_an_edit_counts_as_a_message(
    telegram: SandboxTelegram, methods: Methods, alice: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    sent = replies(methods, Limiter(Counted(), rate=1000))
    first = await sent.send(Message(chat_id=alice, text="0"))
    message_id = first.message_id or 0
    statuses = [
        (await sent.edit(Message(chat_id=alice, text=str(n)), message_id)).status for n in range(1, 6)
    ]
    assert statuses == [SendStatus.ACCEPTED] * 3 + [SendStatus.REFUSED] * 2
    assert len(telegram.ledger.since(0, kind="edit")) == 3


async def test_telegrams_refusal_silences_every_process(
    telegram: SandboxTelegram, methods: Methods, alice: int
) -> None:
    telegram.faults.add(Fault(fault=FaultKind.FLOOD, retry_after=35))
    limits = Counted()
    await replies(methods, Limiter(limits, rate=1000)).send(Message(chat_id=alice, text="answer"))
    assert limits.paused == [(f"chat:{alice}", 35.0)]


async def test_a_chat_that_blocked_the_bot_is_closed_and_a_group_that_moved_is_moved(
    telegram: SandboxTelegram, methods: Methods, alice: int
) -> None:
    chats = Chats()
    sending = replies(methods, Limiter(Counted(), rate=1000), chats)
    group = telegram.people.add_group("Desk", {alice: "creator"}, kind="group")
    moved = telegram.people.migrate(group)
    await sending.send(Message(chat_id=group, text="answer"))
    telegram.people.block(alice)
    await sending.send(Message(chat_id=alice, text="answer"))
    assert chats.migrated == [(group, moved)]
    assert [chat_id for chat_id, _ in chats.closed] == [alice]
