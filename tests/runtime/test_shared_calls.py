"""Equal questions at the same time are one, and no asker is failed by the end of another."""

import asyncio

import pytest

from runtime.shared_calls import SingleFlight


async def test_a_hundred_askers_cause_one_question() -> None:
    asked = 0
    answer = asyncio.Event()

    async def ask() -> str:
        nonlocal asked
        asked += 1
        await answer.wait()
        return "answer"

    flight: SingleFlight[str] = SingleFlight()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(flight.run("key", ask)) for _ in range(100)]
        await asyncio.sleep(0)
        answer.set()
    assert asked == 1
    assert {task.result() for task in tasks} == {"answer"}
    assert await flight.run("key", ask) == "answer"
    assert asked == 2


async def test_an_error_reaches_all_who_wait() -> None:
    async def ask() -> str:
        await asyncio.sleep(0)
        raise LookupError("no")

    flight: SingleFlight[str] = SingleFlight()
    errors = await asyncio.gather(*(flight.run("key", ask) for _ in range(3)), return_exceptions=True)
    assert all(isinstance(error, LookupError) for error in errors)
    with pytest.raises(LookupError):
        await flight.run("key", ask)


async def test_who_waits_asks_anew_when_the_asker_is_cancelled() -> None:
    first = asyncio.Event()

    async def hang() -> str:
        first.set()
        await asyncio.Event().wait()
        return "never"

    async def answer() -> str:
        return "answer"

    flight: SingleFlight[str] = SingleFlight()
    async with asyncio.TaskGroup() as group:
        asker = group.create_task(flight.run("key", hang))
        await first.wait()
        waiter = group.create_task(flight.run("key", answer))
        await asyncio.sleep(0)
        asker.cancel()
    assert waiter.result() == "answer"


async def test_a_cancelled_asker_fails_none_of_those_who_wait() -> None:
    asked, first = 0, asyncio.Event()

    async def hang() -> str:
        first.set()
        await asyncio.Event().wait()
        return "never"

    async def ask() -> str:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0)
        return "answer"

    flight: SingleFlight[str] = SingleFlight()
    async with asyncio.TaskGroup() as group:
        asker = group.create_task(flight.run("key", hang))
        await first.wait()
        waiters = [group.create_task(flight.run("key", ask)) for _ in range(100)]
        await asyncio.sleep(0)
        asker.cancel()
    assert {waiter.result() for waiter in waiters} == {"answer"}
    assert asked == 1


async def test_who_waits_and_is_cancelled_takes_nothing_from_the_asker() -> None:
    go_on = asyncio.Event()

    async def ask() -> str:
        await go_on.wait()
        return "answer"

    flight: SingleFlight[str] = SingleFlight()
    async with asyncio.TaskGroup() as group:
        asker = group.create_task(flight.run("key", ask))
        await asyncio.sleep(0)
        waiter = group.create_task(flight.run("key", ask))
        await asyncio.sleep(0)
        waiter.cancel()
        await asyncio.sleep(0)
        go_on.set()
    assert asker.result() == "answer"
    assert waiter.cancelled()


async def test_no_task_is_left_and_nothing_is_kept_after_an_answer_or_an_error() -> None:
    async def ask() -> str:
        return "answer"

    async def fail() -> str:
        raise LookupError

    flight: SingleFlight[str] = SingleFlight()
    before = asyncio.all_tasks()
    assert await flight.run("key", ask) == "answer"
    with pytest.raises(LookupError):
        await flight.run("key", fail)
    assert await flight.run("key", ask) == "answer"
    assert asyncio.all_tasks() == before
