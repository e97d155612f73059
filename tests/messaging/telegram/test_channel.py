"""Telegram as a channel: what is rendered is sent, or takes the place of an older message.
What somebody waits for goes through the limits of all, before all others.
"""

import pytest

from domain.delivery.deliveries import DeliveryKind, Destination
from domain.delivery.facts import MessageFacts
from domain.delivery.results import SendStatus
from domain.rules.lanes import Lane
from messaging.sending.rate_limiter import Limiter
from messaging.telegram import channel as module
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.channel import ChatLimits, Replies, TelegramChannel, telegram_channel
from messaging.telegram.methods import Message, Methods
from sandbox.telegram.faults import Fault, FaultKind
from sandbox.telegram.server import SandboxTelegram
from tests.domain.delivery.deliveries import delivery
from tests.messaging.limits import Counted


def channel(methods: Methods, limits: Counted | None = None) -> TelegramChannel:
    return telegram_channel(methods, Limiter(limits or Counted(), rate=1000), Callbacks("1:token"))


async def test_a_message_is_sent_and_an_edit_takes_its_place(
    telegram: SandboxTelegram, methods: Methods, alice: int
) -> None:
    sent = await channel(methods).send(Message(chat_id=alice, text="one"))
    edited = await channel(methods).send(Message(chat_id=alice, text="two", edits=sent.message_id))
    assert (sent.status, edited.status) == (SendStatus.ACCEPTED, SendStatus.ACCEPTED)
    assert [entry.kind for entry in telegram.ledger.since(chat_id=alice)][-2:] == ["message", "edit"]


async def test_it_renders_by_the_kind_of_the_delivery(methods: Methods) -> None:
    message = channel(methods).render([delivery(DeliveryKind.BROADCAST)], MessageFacts())
    assert message is not None
    assert (message.chat_id, message.text) == (3, "News &amp; more")


async def test_its_limits_are_those_of_the_chat(methods: Methods, alice: int) -> None:
    counted = Counted()
    limits = channel(methods, counted).limits
    here = Destination(chat_id=alice)
    waits = [await limits.admit(here, patience=0.0, lane=Lane.NORMAL) for _ in range(4)]
    assert (waits[0], waits[3] > 0) == (0.0, True)
    assert await limits.again(patience=0.0, lane=Lane.NORMAL) == 0.0
    await limits.refused(here, 3.0)
    assert counted.paused == [(f"chat:{alice}", 3.0)]
    assert limits.rate == 1000


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
