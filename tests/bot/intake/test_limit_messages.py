"""Chats that ask too much get a message, and one that cannot be reached holds up nobody."""

import asyncio

from bot.intake.limit_messages import MAX_WAITING, LimitMessages
from domain.errors import Unavailable
from runtime.processes.lifecycle import Stop, nursery
from storage.chats.updates import ReceivedUpdate


def update(number: int) -> ReceivedUpdate:
    return ReceivedUpdate(update_id=number, chat_id=number, payload="{}")


async def test_a_chat_that_cannot_be_reached_is_left_and_others_get_the_message() -> None:
    sent: list[int] = []
    stop, done = Stop(), asyncio.Event()

    async def send(update: ReceivedUpdate) -> None:
        if update.chat_id == 1:
            raise Unavailable("closed")
        sent.append(update.chat_id)
        if len(sent) == 2:
            done.set()

    messages = LimitMessages(send)
    for number in (1, 2, 3):
        messages.put(update(number))
    async with nursery(stop) as tasks:
        messages.start(tasks, stop)
        await done.wait()
        stop.set()
    assert sorted(sent) == [2, 3]


async def test_it_takes_no_more_than_a_bounded_number() -> None:
    async def send(update: ReceivedUpdate) -> None:
        raise AssertionError(update)

    messages = LimitMessages(send)
    for number in range(MAX_WAITING + 10):
        messages.put(update(number))
