"""Who has asked how much lately.
Chats that ask too much get a message, and one that cannot be reached holds up nobody.
"""

import asyncio

from bot.intake import fair_queue
from bot.intake.fair_queue import FADE_SECONDS, MAX_WAITING, LimitMessages, RecentUse
from domain.errors import Unavailable
from runtime.processes.lifecycle import Stop, nursery
from storage.chats.updates import ReceivedUpdate


def asked(use: RecentUse, chat_id: int, *times: float, user_id: int = 0) -> None:
    for at in times:
        use.record(chat_id=chat_id, user_id=user_id, at=at)


def test_who_asked_less_comes_before_who_asked_more() -> None:
    use = RecentUse()
    asked(use, 1, 1.0, 2.0, 3.0)
    asked(use, 2, 3.0)
    assert use.of(chat_id=3, user_id=0) < use.of(chat_id=2, user_id=0) < use.of(chat_id=1, user_id=0)


def test_a_person_carries_what_they_asked_into_every_chat() -> None:
    use = RecentUse()
    asked(use, 1, *map(float, range(20)), user_id=9)
    asked(use, 2, 19.0)
    assert use.of(chat_id=3, user_id=9) > use.of(chat_id=2, user_id=0)


def test_what_was_asked_long_ago_counts_less_than_one_request_now() -> None:
    use = RecentUse()
    asked(use, 1, *[0.0] * 20)
    asked(use, 2, 4 * FADE_SECONDS)
    assert use.of(chat_id=1, user_id=0) < use.of(chat_id=2, user_id=0)


def test_it_stays_finite_for_years() -> None:
    use = RecentUse()
    asked(use, 1, 0.0, 1e9)
    asked(use, 2, 1e9, 1e9)
    assert use.of(chat_id=1, user_id=0) < use.of(chat_id=2, user_id=0)


def test_it_forgets_the_longest_quiet() -> None:
    use = RecentUse()
    for chat_id in range(1, fair_queue.MAX_KNOWN + 2):
        asked(use, chat_id, 1.0)
    assert use.of(chat_id=1, user_id=0) == use.of(chat_id=-1, user_id=0)
    assert use.of(chat_id=2, user_id=0) > use.of(chat_id=-1, user_id=0)


def test_who_has_asked_much_lately_is_loud_for_a_while_wherever_they_ask() -> None:
    use = RecentUse()
    asked(use, 1, *[100.0] * 4, user_id=9)
    assert not use.is_loud(chat_id=1, user_id=9, at=100.0)
    asked(use, 1, *[100.0] * 2, user_id=9)
    assert use.is_loud(chat_id=1, user_id=0, at=100.0)
    assert use.is_loud(chat_id=2, user_id=9, at=100.0)
    assert not use.is_loud(chat_id=2, user_id=8, at=100.0)
    assert not use.is_loud(chat_id=1, user_id=9, at=100.0 + FADE_SECONDS)


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


def test_who_asks_more_than_a_share_is_known_until_it_fades() -> None:
    use = RecentUse(3)
    asked(use, 1, *[100.0] * 2)
    assert not use.is_beyond_share(chat_id=1, user_id=0, at=100.0)
    asked(use, 1, *[100.0] * 2)
    assert use.is_beyond_share(chat_id=1, user_id=0, at=100.0)
    assert not use.is_beyond_share(chat_id=1, user_id=0, at=100.0 + FADE_SECONDS)
