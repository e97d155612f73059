"""One reading serves all streams; a stream that does not read ends, and holds up nobody."""

import asyncio

import pytest

from domain.chats import ChatKind, ChatTarget
from storage.web.alert_feed import FeedCursor, FeedEntry
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


async def test_a_closed_stream_is_forgotten() -> None:
    hub = FeedHub(feed=None, listen=None)  # type: ignore[arg-type]  # nothing is read here
    with hub.subscribed(TARGET) as subscription:
        assert not subscription.is_over
    assert hub._streams == {}
