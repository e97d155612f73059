"""Updates between their happening and their confirmation."""

import asyncio

import msgspec
import pytest

from sandbox.telegram.errors import ApiError, conflict
from sandbox.telegram.shapes import Command
from sandbox.telegram.updates.update_queue import UpdateQueue

NEWS = Command(command="x", description="any content will do")


def post(update_queue: UpdateQueue, kind: str = "message", life: float = 60.0) -> None:
    update_queue.post(kind, NEWS, ("chat", 1), life)


def ids(update_queue: UpdateQueue) -> list[int]:
    return [update.update_id for update in update_queue.pending()]


def test_updates_are_numbered_and_confirmed_in_order() -> None:
    update_queue = UpdateQueue(10, keep=100)
    for _ in range(4):
        post(update_queue)
    assert ids(update_queue) == [10, 11, 12, 13]
    assert msgspec.json.decode(update_queue.pending()[0].body)["update_id"] == 10
    update_queue.confirm(12)
    assert ids(update_queue) == [12, 13]
    update_queue.confirm(-1)
    assert ids(update_queue) == [13]
    update_queue.forget(13)
    assert update_queue.pending_count() == 0


def test_unwanted_and_expired_updates_are_not_kept() -> None:
    update_queue = UpdateQueue(1, keep=100)
    post(update_queue, "chat_member")
    post(update_queue, life=-1.0)
    assert ids(update_queue) == []
    update_queue.allow(frozenset({"chat_member"}))
    post(update_queue)
    post(update_queue, "chat_member")
    assert [update.kind for update in update_queue.pending()] == ["chat_member"]


def test_a_bot_that_never_comes_costs_no_more_than_so_much() -> None:
    update_queue = UpdateQueue(1, keep=5)
    for _ in range(20):
        post(update_queue)
    assert ids(update_queue) == [16, 17, 18, 19, 20]


async def test_waiting_ends_by_news_by_time_and_by_a_quarrel() -> None:
    update_queue = UpdateQueue(1, keep=5)
    await update_queue.wait(0.01)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(update_queue.wait(5))
        await asyncio.sleep(0)
        post(update_queue)
    update_queue.clear()
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(outcome_of(update_queue))
        await asyncio.sleep(0)
        update_queue.interrupt(conflict("another came"))
    assert waiting.result() == "Conflict: another came"


async def outcome_of(update_queue: UpdateQueue) -> str:
    with pytest.raises(ApiError) as refused:
        await update_queue.wait(5)
    return refused.value.description
