"""What was claimed for one chat goes in its order, and never without a mark before it.
What follows from a send for the chat and for the limits, whatever was sent.
"""

import asyncio
from dataclasses import replace

import pytest

from domain.delivery.deliveries import ChannelName, DeliveryState, Destination
from domain.delivery.facts import NO_FACTS
from domain.delivery.results import TOKEN_REJECTED_WAIT, SendResult, SendStatus
from domain.errors import DatabaseUnavailable
from domain.rules.lanes import Lane
from messaging.sending import chat_sender as chat_sender_module
from messaging.sending.chat_batch import ChatBatch
from messaging.sending.chat_sender import ChatSender, follow_up
from runtime.clock import monotonic
from runtime.observability.metrics import REGISTRY
from runtime.processes.lifecycle import Stop
from tests.domain.delivery.deliveries import delivery
from tests.messaging.fake_channel import FakeChannel, FakeLimits, FakeOutbox

REFUSED = SendResult(status=SendStatus.REFUSED, reason="busy")
CHAT = Destination(chat_id=3)


def batch(count: int = 2) -> ChatBatch:
    return ChatBatch(
        destination=Destination(chat_id=3),
        lane=Lane.NORMAL,
        deliveries=[delivery(delivery_id=number) for number in range(1, count + 1)],
        facts=NO_FACTS,
        ends_at=monotonic() + 10.0,
    )


def chat_sender(outbox: FakeOutbox, channel: FakeChannel, *, group_messages: bool = False) -> ChatSender:
    return ChatSender(outbox, {ChannelName.TELEGRAM: channel}, group_messages=group_messages)


def left(of: ChatBatch) -> list[int]:
    return [one.delivery_id for one in of.deliveries]


async def test_each_is_marked_sent_and_recorded_before_the_next() -> None:
    outbox = FakeOutbox()
    one = batch()
    assert await chat_sender(outbox, FakeChannel(outbox)).send_all(one, Stop()) == 0.0
    assert outbox.log == ["mark [1]", "send [1]", "record [1]", "mark [2]", "send [2]", "record [2]"]
    assert [transition.state for transition in outbox.transitions] == [DeliveryState.SENT] * 2
    assert left(one) == []


async def test_what_waits_together_goes_together() -> None:
    outbox = FakeOutbox()
    await chat_sender(outbox, FakeChannel(outbox), group_messages=True).send_all(batch(), Stop())
    assert outbox.log == ["mark [1, 2]", "send [1, 2]", "record [1, 2]"]


async def test_what_the_limits_hold_back_is_not_marked() -> None:
    outbox = FakeOutbox()
    channel = FakeChannel(outbox)
    channel.limits.waits = [0.0, 5.0]
    one = batch()
    assert await chat_sender(outbox, channel).send_all(one, Stop()) == 5.0
    assert outbox.log == ["mark [1]", "send [1]", "record [1]"]
    assert left(one) == [2]


async def test_after_a_refusal_the_rest_waits_so_that_the_order_is_kept() -> None:
    outbox = FakeOutbox()
    one = batch()
    assert await chat_sender(outbox, FakeChannel(outbox, REFUSED)).send_all(one, Stop()) > 0
    assert outbox.transitions[0].state is DeliveryState.RETRY
    assert left(one) == [2]


async def test_what_is_named_after_an_hour_lets_the_rest_of_its_chat_go_at_once() -> None:
    outbox = FakeOutbox()
    one = batch()
    one.deliveries[0] = replace(one.deliveries[0], ambiguous_sends=1)
    ambiguous = SendResult(status=SendStatus.AMBIGUOUS, reason="no answer")
    assert 0 < await chat_sender(outbox, FakeChannel(outbox, ambiguous)).send_all(one, Stop()) <= 2
    assert outbox.transitions[0].state is DeliveryState.UNCONFIRMED
    assert outbox.transitions[0].wait > 60
    assert left(one) == [2]


async def test_possible_repeats_that_may_not_go_yet_hold_up_no_others() -> None:
    outbox = FakeOutbox()
    channel = FakeChannel(outbox)
    channel.limits.waits = [1.5, 0.0]
    one = batch()
    one.deliveries[0] = replace(one.deliveries[0], ambiguous_sends=1)
    assert await chat_sender(outbox, channel).send_all(one, Stop()) == 1.5
    assert outbox.log == ["mark [2]", "send [2]", "record [2]"]
    assert left(one) == [1]


async def test_what_may_not_be_sent_any_more_is_left_out() -> None:
    outbox = FakeOutbox()
    outbox.unmarkable = {1}
    await chat_sender(outbox, FakeChannel(outbox)).send_all(batch(), Stop())
    assert outbox.log == ["mark [1]", "mark [2]", "send [2]", "record [2]"]


async def test_what_cannot_be_put_into_words_is_tried_again() -> None:
    outbox = FakeOutbox()
    channel = FakeChannel(outbox)
    channel.wordless = {1}
    await chat_sender(outbox, channel).send_all(batch(1), Stop())
    assert outbox.log == ["mark [1]", "record [1]"]
    assert outbox.transitions[0].state is DeliveryState.RETRY


async def test_of_a_group_that_cannot_be_put_into_words_each_goes_alone() -> None:
    outbox = FakeOutbox()
    channel = FakeChannel(outbox)
    channel.wordless = {1}
    await chat_sender(outbox, channel, group_messages=True).send_all(batch(), Stop())
    assert [one.send_alone for one in outbox.transitions] == [True, True]


async def test_what_has_nothing_left_to_say_counts_as_sent() -> None:
    outbox = FakeOutbox()
    channel = FakeChannel(outbox)
    channel.gone = {1}
    await chat_sender(outbox, channel).send_all(batch(1), Stop())
    assert outbox.log == ["mark [1]", "record [1]"]
    assert outbox.transitions[0].state is DeliveryState.SENT


async def test_a_channel_that_fails_ends_no_sender_and_its_error_is_not_logged_in_its_own_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    address = "https://example.org/secret"

    class Failing(FakeChannel):
        async def send(self, message: list[int]) -> SendResult:
            raise TypeError(address)

    outbox = FakeOutbox()
    assert await chat_sender(outbox, Failing(outbox)).send_all(batch(), Stop()) > 0
    assert (outbox.log, outbox.transitions[0].ambiguous_sends) == (["mark [1]", "record [1]"], 1)
    assert outbox.transitions[0].error == "no answer that could be understood: TypeError"
    assert "TypeError" in caplog.text
    assert address not in caplog.text


async def test_a_rejected_token_stops_its_channel() -> None:
    outbox = FakeOutbox()
    sender = chat_sender(outbox, FakeChannel(outbox, SendResult(status=SendStatus.TOKEN_REJECTED)))
    assert await sender.send_all(batch(), Stop()) == TOKEN_REJECTED_WAIT
    assert sender.is_stopped
    assert await sender.send_all(batch(), Stop()) == TOKEN_REJECTED_WAIT
    assert outbox.log == ["mark [1]", "send [1]", "record [1]"]


async def test_a_result_is_kept_until_it_can_be_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_sender_module, "_RECORDING_PAUSE", 0.001)
    outbox = FakeOutbox()
    outbox.errors = [DatabaseUnavailable("away"), DatabaseUnavailable("away")]
    await chat_sender(outbox, FakeChannel(outbox)).send_all(batch(1), Stop())
    assert outbox.log == ["mark [1]", "send [1]", "record [1]"]


async def test_many_batches_are_marked_and_recorded_together() -> None:
    outbox = FakeOutbox()
    sender = chat_sender(outbox, FakeChannel(outbox))
    batches = [batch(1) for _ in range(3)]
    for number, one in enumerate(batches):
        one.deliveries = [delivery(delivery_id=number)]
    async with asyncio.TaskGroup() as group:
        for one in batches:
            group.create_task(sender.send_all(one, Stop()))
    assert outbox.log[0] == "mark [0, 1, 2]"
    assert outbox.log[-1] == "record [0, 1, 2]"


async def test_what_is_claimed_twice_because_a_crash_undid_a_claim_is_sent_once() -> None:
    outbox = FakeOutbox()
    sender = chat_sender(outbox, FakeChannel(outbox))
    twice = [batch(1), batch(1)]
    async with asyncio.TaskGroup() as group:
        for one in twice:
            group.create_task(sender.send_all(one, Stop()))
    assert outbox.log == ["mark [1]", "send [1]", "record [1]"]
    assert [left(one) for one in twice] == [[], []]


async def test_nothing_more_is_sent_once_it_is_to_stop() -> None:
    outbox = FakeOutbox()
    stop = Stop()
    stop.set()
    one = batch()
    assert await chat_sender(outbox, FakeChannel(outbox)).send_all(one, stop) == 0.0
    assert (outbox.log, left(one)) == ([], [1, 2])


async def followed(result: SendResult) -> tuple[FakeOutbox, FakeLimits]:
    outbox, limits = FakeOutbox(), FakeLimits()
    await follow_up(CHAT, result, began=0.0, destinations=outbox, limits=limits)
    return outbox, limits


@pytest.mark.parametrize(
    ("result", "log"),
    [
        (SendResult(status=SendStatus.CHAT_CLOSED, reason="blocked"), ["close 3: blocked"]),
        (SendResult(status=SendStatus.CHAT_SUSPENDED, reason="night"), ["hold 3: night"]),
        (SendResult(status=SendStatus.MIGRATED, new_chat_id=-9), ["migrate 3 to -9"]),
        (SendResult(status=SendStatus.MIGRATED), []),
    ],
)
async def test_chats_are_closed_held_and_moved(result: SendResult, log: list[str]) -> None:
    outbox, _ = await followed(result)
    assert outbox.log == log


@pytest.mark.parametrize(
    "status",
    sorted(set(SendStatus) - {SendStatus.CHAT_CLOSED, SendStatus.CHAT_SUSPENDED, SendStatus.MIGRATED}),
)
async def test_nothing_else_changes_a_chat(status: SendStatus) -> None:
    outbox, limits = await followed(SendResult(status=status, reason="why"))
    assert (outbox.log, limits.silences) == ([], [])


async def test_the_limits_learn_from_every_result() -> None:
    _, limits = await followed(SendResult(status=SendStatus.ACCEPTED))
    assert limits.observed == [SendStatus.ACCEPTED]


async def test_silence_is_kept_as_long_as_it_is_asked_for() -> None:
    _, limits = await followed(SendResult(status=SendStatus.REFUSED, retry_after=4.0))
    assert limits.silences == [(CHAT, 4.0)]


async def test_the_time_from_block_to_chat_is_counted_by_stage() -> None:
    def counted(stage: str) -> float:
        name = "whale_watcher_delivery_stage_seconds_count"
        return REGISTRY.get_sample_value(name, {"stage": stage}) or 0.0

    stages = ("stored", "admitted", "accepted")
    before = {stage: counted(stage) for stage in stages}
    outbox = FakeOutbox()
    await chat_sender(outbox, FakeChannel(outbox)).send_all(batch(3), Stop())
    assert {stage: counted(stage) - before[stage] for stage in stages} == dict.fromkeys(stages, 3)
