"""Updates between their happening and their confirmation."""

import asyncio

import msgspec
import pytest

from sandbox.telegram.errors import ApiError, conflict
from sandbox.telegram.shapes import Command
from sandbox.telegram.updates.update_queue import Mailbox

NEWS = Command(command="x", description="any content will do")


def post(mailbox: Mailbox, kind: str = "message", life: float = 60.0) -> None:
    mailbox.post(kind, NEWS, ("chat", 1), life)


def ids(mailbox: Mailbox) -> list[int]:
    return [update.update_id for update in mailbox.pending()]


def test_updates_are_numbered_and_confirmed_in_order() -> None:
    mailbox = Mailbox(10, keep=100)
    for _ in range(4):
        post(mailbox)
    assert ids(mailbox) == [10, 11, 12, 13]
    assert msgspec.json.decode(mailbox.pending()[0].body)["update_id"] == 10
    mailbox.confirm(12)
    assert ids(mailbox) == [12, 13]
    mailbox.confirm(-1)
    assert ids(mailbox) == [13]
    mailbox.forget(13)
    assert mailbox.pending_count() == 0


def test_unwanted_and_expired_updates_are_not_kept() -> None:
    mailbox = Mailbox(1, keep=100)
    post(mailbox, "chat_member")
    post(mailbox, life=-1.0)
    assert ids(mailbox) == []
    mailbox.allowed = frozenset({"chat_member"})
    post(mailbox)
    post(mailbox, "chat_member")
    assert [update.kind for update in mailbox.pending()] == ["chat_member"]


def test_a_bot_that_never_comes_costs_no_more_than_so_much() -> None:
    mailbox = Mailbox(1, keep=5)
    for _ in range(20):
        post(mailbox)
    assert ids(mailbox) == [16, 17, 18, 19, 20]


async def test_waiting_ends_by_news_by_time_and_by_a_quarrel() -> None:
    mailbox = Mailbox(1, keep=5)
    await mailbox.wait(0.01)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(mailbox.wait(5))
        await asyncio.sleep(0)
        post(mailbox)
    mailbox.clear()
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(fate(mailbox))
        await asyncio.sleep(0)
        mailbox.interrupt(conflict("another came"))
    assert waiting.result() == "Conflict: another came"


async def fate(mailbox: Mailbox) -> str:
    with pytest.raises(ApiError) as refused:
        await mailbox.wait(5)
    return refused.value.description
