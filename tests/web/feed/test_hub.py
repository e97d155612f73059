"""One reading serves all streams; a stream that does not read ends, and holds up nobody."""

import asyncio

import pytest

from domain.chats import ChatKind, ChatTarget
from runtime.processes.lifecycle import Stop
from storage.web.alert_feed import FeedCursor, FeedEntry, FeedPage
from tests.web.feed.sample import BOUGHT
from web.feed import hub as hub_module
from web.feed.hub import Event, FeedHub, Subscription

TARGET = ChatTarget(chat_id=5, kind=ChatKind.PRIVATE)


def event(topic_id: int = 0) -> Event:
    entry = FeedEntry(chat_id=5, topic_id=topic_id, cursor=FeedCursor(since="1:1:"), record=BOUGHT)
    return Event(entry=entry, body=b"{}")


async def test_a_stream_gets_its_own_topic_alone() -> None:
    subscription = Subscription(target=TARGET)
    subscription.put(event(topic_id=7))
    subscription.put(event())
    assert subscription.waiting.qsize() == 1


async def test_a_stream_that_does_not_read_ends_after_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "MAX_WAITING", 2)
    subscription = Subscription(target=TARGET, waiting=asyncio.Queue(3))
    for _ in range(5):
        subscription.put(event())
    assert subscription.is_over
    got = [subscription.waiting.get_nowait() for _ in range(subscription.waiting.qsize())]
    assert [one is None for one in got] == [False, False, True]


class Reading:
    """A feed whose readings wait until they may continue."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.began = asyncio.Event()
        self.chats: list[set[int]] = []

    async def present(self) -> FeedCursor:
        return FeedCursor(since="1:1:")

    async def appeared(self, cursor: FeedCursor, chat_ids: list[int]) -> FeedPage:
        self.chats.append(set(chat_ids))
        self.began.set()
        await self.go_on.wait()
        return FeedPage(entries=[], cursor=cursor, has_more=False)


class NeverWoken:
    """Nobody calls."""

    async def wait(self, _: float) -> bool:
        await asyncio.sleep(0.01)
        return False

    async def close(self) -> None:
        return


async def test_who_comes_during_a_reading_waits_for_one_that_knows_of_them() -> None:
    """Else what the reading saw of their chat would be shown to nobody."""
    feed = Reading()
    hub = FeedHub(feed=feed, listen=NeverWoken)  # type: ignore[arg-type]  # the two calls that it makes
    stop = Stop()
    second = ChatTarget(chat_id=6, kind=ChatKind.PRIVATE)

    async def come() -> None:
        async with hub.subscribed(second):
            came.set()

    came = asyncio.Event()
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks, hub.subscribed(TARGET):
        tasks.create_task(hub.run(stop))
        await feed.began.wait()
        tasks.create_task(come())
        await asyncio.sleep(0)
        assert not came.is_set()
        feed.go_on.set()
        await came.wait()
        stop.set()
    assert feed.chats[0] == {5}
