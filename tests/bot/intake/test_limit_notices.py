"""Chats that ask too much are told so, and one that cannot be told holds up nobody."""

import asyncio

from bot.intake import limit_notices
from bot.intake.limit_notices import LimitNotices
from domain.errors import Unavailable
from runtime.processes.lifecycle import Stop, nursery
from storage.chats.updates import ReceivedUpdate


def update(number: int) -> ReceivedUpdate:
    return ReceivedUpdate(update_id=number, chat_id=number, payload="{}")


async def test_a_chat_that_cannot_be_told_is_left_and_others_are_told() -> None:
    told: list[int] = []
    stop, done = Stop(), asyncio.Event()

    async def tell(update: ReceivedUpdate) -> None:
        if update.chat_id == 1:
            raise Unavailable("closed")
        told.append(update.chat_id)
        if len(told) == 2:
            done.set()

    notices = LimitNotices(tell)
    for number in (1, 2, 3):
        notices.put(update(number))
    async with nursery(stop) as tasks:
        notices.start(tasks, stop)
        await done.wait()
        stop.set()
    assert sorted(told) == [2, 3]


async def test_it_takes_no_more_than_a_bounded_number() -> None:
    async def tell(update: ReceivedUpdate) -> None:
        raise AssertionError(update)

    notices = LimitNotices(tell)
    for number in range(limit_notices.MAX_WAITING + 10):
        notices.put(update(number))
