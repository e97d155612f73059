"""Who has asked how much recently.
Chats that ask too much get a message, and one that cannot be reached holds up nobody.
"""

import asyncio
from collections.abc import Collection

import pytest

from bot.dialog.update_context import current_update, no_use
from bot.intake import fair_queue
from bot.intake.fair_queue import FADE_SECONDS, MAX_WAITING, LimitMessages, RecentUse
from bot.intake.newcomers import Newcomers
from domain.errors import DatabaseUnavailable, TelegramUnavailable, Unavailable
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


async def test_a_flood_of_newcomers_comes_after_whoever_asks_now_and_then() -> None:
    async def newcomers(chat_ids: Collection[int]) -> Collection[int]:
        return [chat_id for chat_id in chat_ids if chat_id > 100]

    use = RecentUse(newcomers=Newcomers(newcomers))
    await use.newcomers.learn(range(1, 3_000))
    asked(use, 1, *[float(at) for at in range(0, 60, 4)])
    asked(use, 101, 60.0)
    assert use.of(chat_id=101, user_id=0) < use.of(chat_id=1, user_id=0), "one newcomer goes first"
    for number in range(2_000):
        asked(use, 200 + number, 60.0)
    assert use.of(chat_id=102, user_id=0) > use.of(chat_id=1, user_id=0), "one of very many does not"
    asked(use, 103, 60.0, 60.0)
    for order in (use.own, use.of):
        assert order(chat_id=102, user_id=0) < order(chat_id=101, user_id=0) < order(chat_id=103, user_id=0)
    assert not use.is_heavy(chat_id=102, user_id=0, at=60.0), "nobody is loud for what others ask"
    assert not use.is_over_share(chat_id=102, user_id=0, at=60.0)


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
    assert not use.is_heavy(chat_id=1, user_id=9, at=100.0)
    asked(use, 1, *[100.0] * 2, user_id=9)
    assert use.is_heavy(chat_id=1, user_id=0, at=100.0)
    assert use.is_heavy(chat_id=2, user_id=9, at=100.0)
    assert not use.is_heavy(chat_id=2, user_id=8, at=100.0)
    assert not use.is_heavy(chat_id=1, user_id=9, at=100.0 + FADE_SECONDS)


class Stored:
    """What is stored, here; the real ones are tested with PostgreSQL in test_update_queue.py."""

    def __init__(self, begun: int | None = 0) -> None:
        self.begun = begun
        self.ended: list[int] = []
        self.is_away = False
        self.left: list[ReceivedUpdate] = []

    async def begin(self, update_id: int) -> int | None:
        del update_id
        return self.begun

    async def postpone(self, update_id: int, *, seconds: float, copies: int) -> None:
        pass

    async def end(self, update_id: int) -> None:
        if self.is_away:
            self.is_away = False
            raise DatabaseUnavailable("away")
        self.ended.append(update_id)

    async def take_over(self) -> list[ReceivedUpdate]:
        left, self.left = self.left, []
        return left


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

    messages = LimitMessages(send, lambda _: no_use, Stored())
    for number in (1, 2, 3):
        messages.put(update(number))
    async with nursery(stop) as tasks:
        messages.start(tasks, stop)
        await done.wait()
        stop.set()
    assert sorted(sent) == [2, 3]


async def sent_until(messages: LimitMessages, done: asyncio.Event) -> None:
    stop = Stop()
    async with asyncio.timeout(10), nursery(stop) as tasks:
        messages.start(tasks, stop)
        await done.wait()
        stop.set()


async def test_what_telegram_does_not_take_is_sent_later_and_marked_where_it_may_have_arrived() -> None:
    copies: list[int] = []
    done = asyncio.Event()

    async def send(update: ReceivedUpdate) -> None:
        context = current_update()
        assert context is not None
        copies.append(context.copies)
        if len(copies) == 4:
            done.set()
            return
        context.sent += len(copies) == 2
        raise TelegramUnavailable("away", retry_after=0.01)

    messages = LimitMessages(send, lambda _: no_use, Stored())
    messages.put(update(1))
    await sent_until(messages, done)
    assert copies == [0, 0, 1, 1], "the second attempt may have reached the chat"


async def test_what_is_never_taken_is_given_up_and_leaves_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fair_queue, "MAX_WAITING", 1)
    monkeypatch.setattr(fair_queue, "PATIENCE_SECONDS", 0.1)
    tries: list[int] = []
    done = asyncio.Event()

    async def send(update: ReceivedUpdate) -> None:
        tries.append(update.chat_id)
        if update.chat_id == 3:
            done.set()
            return
        raise TelegramUnavailable("away", retry_after=0.03)

    messages = LimitMessages(send, lambda _: no_use, Stored())
    messages.put(update(1))
    messages.put(update(2))
    stop = Stop()
    async with asyncio.timeout(10), nursery(stop) as tasks:
        messages.start(tasks, stop)
        while not done.is_set():
            messages.put(update(3))
            await asyncio.sleep(0.01)
        stop.set()
    assert len(tries) > 2
    assert set(tries) == {1, 3}, "there was no room for a second one"


async def test_it_takes_no_more_than_a_bounded_number() -> None:
    taken: list[int] = []
    done = asyncio.Event()

    async def send(update: ReceivedUpdate) -> None:
        taken.append(update.chat_id)
        if len(taken) == MAX_WAITING:
            done.set()

    messages = LimitMessages(send, lambda _: no_use, Stored())
    for number in range(MAX_WAITING + 10):
        messages.put(update(number))
    await sent_until(messages, done)
    assert taken == [*range(MAX_WAITING)]


def test_who_asks_more_than_a_share_is_known_until_it_fades() -> None:
    use = RecentUse(3)
    asked(use, 1, *[100.0] * 2)
    assert not use.is_over_share(chat_id=1, user_id=0, at=100.0)
    asked(use, 1, *[100.0] * 2)
    assert use.is_over_share(chat_id=1, user_id=0, at=100.0)
    assert not use.is_over_share(chat_id=1, user_id=0, at=100.0 + FADE_SECONDS)


async def test_what_another_instance_left_is_sent_and_what_it_sends_itself_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fair_queue, "TAKE_OVER_SECONDS", 0.01)
    sent: list[int] = []
    done = asyncio.Event()

    async def send(update: ReceivedUpdate) -> None:
        sent.append(update.chat_id)
        done.set()

    stored = Stored(begun=None)
    messages = LimitMessages(send, lambda _: no_use, stored)
    messages.put(update(1))
    stop = Stop()
    async with asyncio.timeout(10), nursery(stop) as tasks:
        messages.start(tasks, stop)
        await asyncio.sleep(0.05)
        stored.begun, stored.left = 0, [update(2)]
        await done.wait()
        stop.set()
    assert sent == [2]


async def test_what_this_instance_is_long_at_is_not_taken_over_from_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fair_queue, "TAKE_OVER_SECONDS", 0.01)
    begun: list[int] = []
    is_taken = asyncio.Event()

    async def send(update: ReceivedUpdate) -> None:
        begun.append(update.update_id)
        await is_taken.wait()

    stored = Stored()
    stored.left = [update(1), update(2)]
    messages = LimitMessages(send, lambda _: no_use, stored)
    messages.put(update(1))
    stop = Stop()
    async with asyncio.timeout(10), nursery(stop) as tasks:
        messages.start(tasks, stop)
        while 2 not in begun:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)
        is_taken.set()
        stop.set()
    assert sorted(begun) == [1, 2]


async def test_a_message_that_was_sent_is_not_sent_again_though_postgresql_was_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fair_queue, "TAKE_OVER_SECONDS", 0.01)
    sent: list[int] = []

    async def send(update: ReceivedUpdate) -> None:
        sent.append(update.update_id)

    stored = Stored()
    stored.is_away = True
    messages = LimitMessages(send, lambda _: no_use, stored)
    messages.put(update(7))
    stop = Stop()
    async with asyncio.timeout(10), nursery(stop) as tasks:
        messages.start(tasks, stop)
        while not stored.ended:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)
        stop.set()
    assert (sent, stored.ended) == ([7], [7])
