"""Chats are worked on in the order of their use, as many at once as there are slots."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.intake import worker_pool
from bot.intake.worker_pool import Leave, WorkerPool
from runtime.processes.lifecycle import Stop, nursery


class Stage:
    """A pool whose chats are worked on until they are let go."""

    def __init__(self) -> None:
        self.use: defaultdict[int, float] = defaultdict(float)
        self.begun: list[int] = []
        self.leaves: dict[int, Leave] = {}
        self.done: defaultdict[int, asyncio.Event] = defaultdict(asyncio.Event)
        self.pool = WorkerPool("worker", lambda chat_id, _: self.use[chat_id], self.work)

    async def work(self, chat_id: int, leave: Leave) -> None:
        self.begun.append(chat_id)
        self.leaves[chat_id] = leave
        await self.done[chat_id].wait()

    def put(self, *chat_ids: int) -> None:
        for chat_id in chat_ids:
            self.pool.put(chat_id, 0)

    @asynccontextmanager
    async def working(self, *, slots: int, more: int = 3) -> AsyncIterator[Stop]:
        stop = Stop()
        async with nursery(stop) as tasks:
            self.pool.start(tasks, stop, slots=slots, more=more)
            await idle()
            yield stop
            stop.set()


async def idle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_of_chats_that_come_together_who_has_asked_least_goes_first() -> None:
    stage = Stage()
    stage.use.update({1: 3.0, 2: 1.0, 3: 2.0})
    async with stage.working(slots=1):
        stage.put(1, 2, 3)
        for chat_id in (2, 3, 1):
            await idle()
            assert stage.begun[-1] == chat_id
            stage.done[chat_id].set()
        await idle()
    assert stage.begun == [2, 3, 1]


async def test_who_has_asked_more_since_it_came_is_put_where_it_belongs() -> None:
    stage = Stage()
    async with stage.working(slots=1):
        stage.put(9)
        await idle()
        stage.put(1, 2)
        stage.use[1] = 5.0
        stage.done[9].set()
        await idle()
        assert stage.begun == [9, 2]


async def test_there_are_as_many_at_once_as_places_and_one_that_leaves_makes_room() -> None:
    stage = Stage()
    async with stage.working(slots=2):
        stage.put(1, 2, 3, 4)
        await idle()
        assert stage.begun == [1, 2]
        stage.leaves[1]()
        stage.leaves[1]()  # more than once is no more room
        await idle()
        assert stage.begun == [1, 2, 3]
        stage.done[1].set()  # it has left its slot before
        await idle()
        assert stage.begun == [1, 2, 3]
        stage.done[2].set()
        await idle()
        assert stage.begun == [1, 2, 3, 4]


async def test_without_an_idle_worker_a_chat_waits_though_places_are_free() -> None:
    stage = Stage()
    async with stage.working(slots=1, more=1):
        for chat_id in (1, 2):
            stage.put(chat_id)
            await idle()
            stage.leaves[chat_id]()
        stage.put(3)
        await idle()
        assert stage.begun == [1, 2]
        stage.done[1].set()
        await idle()
        assert stage.begun == [1, 2, 3]


async def test_a_pool_is_full_with_so_many() -> None:
    stage = Stage()
    stage.put(*range(worker_pool.MAX_QUEUED_CHATS - 1))
    assert not stage.pool.is_full
    stage.put(-1)
    assert stage.pool.is_full


async def test_after_the_stop_nothing_more_begins() -> None:
    stage = Stage()
    async with stage.working(slots=1) as stop:
        stop.set()
        stage.put(1)
        await idle()
    assert stage.begun == []


async def test_work_that_fails_gives_its_place_back() -> None:
    stage = Stage()
    failed = asyncio.Event()

    async def fail(chat_id: int, leave: Leave) -> None:
        del leave
        stage.begun.append(chat_id)
        failed.set()
        raise ValueError(chat_id)

    stage.pool = WorkerPool("worker", lambda _chat, _person: 0.0, fail)
    async with stage.working(slots=1, more=1):
        stage.put(1)
        await failed.wait()
        stage.put(2)
        await idle()
        assert stage.begun == [1, 2]
