"""Many time limits on one timer: each ends what it should, when it should, and nothing else."""

import asyncio

import pytest

from runtime.deadlines import Deadlines, abandon_after


async def test_they_end_in_the_order_in_which_they_began() -> None:
    deadlines, ended, all_ended = Deadlines(), list[int](), asyncio.Event()
    for number in range(3):
        deadlines.start(0.01, lambda number=number: ended.append(number))  # type: ignore[misc]
    deadlines.start(0.01, all_ended.set)
    await all_ended.wait()
    assert ended == [0, 1, 2]


async def test_one_that_is_called_off_does_not_end() -> None:
    deadlines, ended, last = Deadlines(), list[int](), asyncio.Event()
    called_off = [deadlines.start(0.01, lambda: ended.append(1)) for _ in range(2)]
    deadlines.start(0.02, last.set)
    for one in called_off:
        one.cancel()
    await last.wait()
    assert ended == []


async def test_a_block_that_takes_too_long_ends_with_a_timeout() -> None:
    deadlines = Deadlines()
    with pytest.raises(TimeoutError), deadlines.task(0.01):
        await asyncio.Event().wait()
    with deadlines.task(10):  # the task goes on as before
        await asyncio.sleep(0)


async def test_a_cancellation_from_outside_stays_one() -> None:
    deadlines, began = Deadlines(), asyncio.Event()

    async def work() -> None:
        with deadlines.task(10):
            began.set()
            await asyncio.Event().wait()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(work())
        await began.wait()
        task.cancel()
    assert task.cancelled()


async def test_a_limit_around_another_one_ends_both() -> None:
    outer, inner, seen = Deadlines(), Deadlines(), list[type[BaseException]]()

    async def work() -> None:
        with outer.task(0.01):
            try:
                with inner.task(10):
                    await asyncio.Event().wait()
            except asyncio.CancelledError as error:
                seen.append(type(error))
                raise

    with pytest.raises(TimeoutError):
        await work()
    assert seen == [asyncio.CancelledError]


async def _returns(value: int) -> int:
    return value


async def _raises() -> None:
    raise ConnectionError("away")


async def test_what_ends_in_time_is_returned_or_raised() -> None:
    assert await abandon_after(5, _returns(7)) == 7
    with pytest.raises(ConnectionError):
        await abandon_after(5, _raises())


async def test_what_takes_long_to_clean_up_is_not_waited_for() -> None:
    cancelled, cleaned = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
            await cleaned.wait()

    with pytest.raises(TimeoutError):
        await abandon_after(0.01, work())
    await cancelled.wait()  # it was told to end, and nobody waited for that
    cleaned.set()


async def test_who_is_cancelled_takes_along_what_was_begun() -> None:
    cancelled = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await abandon_after(5, work())
    await cancelled.wait()
