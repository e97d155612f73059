"""What follows from a send for the chat and for the limits, whatever was sent."""

import pytest

from domain.delivery.deliveries import Destination
from domain.delivery.results import SendResult, SendStatus
from messaging.sending.follow_up import follow_up
from tests.messaging.fake_channel import FakeLimits, FakeOutbox

CHAT = Destination(chat_id=3)


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
