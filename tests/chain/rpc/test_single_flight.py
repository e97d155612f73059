"""Equal questions at the same time are one."""

import asyncio

import pytest

from chain.rpc.single_flight import Flights


async def test_a_hundred_askers_cause_one_question() -> None:
    asked = 0
    answer = asyncio.Event()

    async def ask() -> str:
        nonlocal asked
        asked += 1
        await answer.wait()
        return "answer"

    flights: Flights[str] = Flights()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(flights.share("key", ask)) for _ in range(100)]
        await asyncio.sleep(0)
        answer.set()
    assert asked == 1
    assert {task.result() for task in tasks} == {"answer"}
    assert await flights.share("key", ask) == "answer"
    assert asked == 2


async def test_an_error_reaches_all_who_wait() -> None:
    async def ask() -> str:
        await asyncio.sleep(0)
        raise LookupError("no")

    flights: Flights[str] = Flights()
    told = await asyncio.gather(*(flights.share("key", ask) for _ in range(3)), return_exceptions=True)
    assert all(isinstance(error, LookupError) for error in told)
    with pytest.raises(LookupError):
        await flights.share("key", ask)


async def test_who_waits_asks_anew_when_the_asker_is_cancelled() -> None:
    first = asyncio.Event()

    async def hang() -> str:
        first.set()
        await asyncio.Event().wait()
        return "never"

    async def answer() -> str:
        return "answer"

    flights: Flights[str] = Flights()
    async with asyncio.TaskGroup() as group:
        asker = group.create_task(flights.share("key", hang))
        await first.wait()
        waiter = group.create_task(flights.share("key", answer))
        await asyncio.sleep(0)
        asker.cancel()
    assert waiter.result() == "answer"
