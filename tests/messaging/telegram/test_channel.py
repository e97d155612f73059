"""Telegram as a channel: what is rendered is sent, or takes the place of an older message."""

from domain.delivery.deliveries import Destination
from domain.delivery.facts import MessageFacts
from domain.delivery.kinds import DeliveryKind
from domain.delivery.results import SendStatus
from domain.rules.lanes import Lane
from messaging.sending.rate_limiter import Limiter
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.channel import TelegramChannel, telegram_channel
from messaging.telegram.methods import Message, Methods
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
