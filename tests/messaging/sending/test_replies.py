"""What somebody waits for goes through the limits of all, before all others."""

import pytest

from domain.delivery.deliveries import SendStatus
from domain.rules.lanes import Lane
from messaging.sending import replies as module
from messaging.sending.rate_limiter import Limiter
from messaging.sending.replies import Replies
from messaging.telegram.methods import Message, Methods
from sandbox.telegram.faults import Fault, FaultKind
from sandbox.telegram.server import SandboxTelegram
from tests.messaging.sending.test_rate_limiter import Counted


async def test_an_answer_goes_when_alerts_of_its_chat_have_to_wait(
    telegram: SandboxTelegram, methods: Methods, alice: int
) -> None:
    limiter = Limiter(Counted(), rate=1000)
    while await limiter.admit(alice, patience=0.0) == 0.0:
        continue
    assert await limiter.admit(alice, patience=0.0, lane=Lane.BULK) > 0
    sent = await Replies(methods, limiter).send(Message(chat_id=alice, text="answer"))
    assert sent.status is SendStatus.ACCEPTED


async def test_an_edit_counts_as_a_message(
    telegram: SandboxTelegram, methods: Methods, alice: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    sent = Replies(methods, Limiter(Counted(), rate=1000))
    first = await sent.send(Message(chat_id=alice, text="0"))
    message_id = first.message_id or 0
    fates = [(await sent.edit(Message(chat_id=alice, text=str(n)), message_id)).status for n in range(1, 6)]
    assert fates == [SendStatus.ACCEPTED] * 3 + [SendStatus.REFUSED] * 2
    assert len(telegram.ledger.since(0, kind="edit")) == 3


async def test_telegrams_refusal_silences_every_process(
    telegram: SandboxTelegram, methods: Methods, alice: int
) -> None:
    telegram.faults.add(Fault(fault=FaultKind.FLOOD, retry_after=35))
    limits = Counted()
    await Replies(methods, Limiter(limits, rate=1000)).send(Message(chat_id=alice, text="answer"))
    assert limits.paused == [(f"chat:{alice}", 35.0)]
