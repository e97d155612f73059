"""Equal questions at the same time are one, and no asker is failed by the end of another.
Many asks become few writes, and every ask gets its own answer.
"""

import asyncio
from collections.abc import Sequence

import pytest

from runtime.shared_calls import SingleFlight, WriteBatcher


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


class Ledger:
    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.open = asyncio.Event()

    async def write(self, asked: Sequence[int]) -> list[int]:
        self.batches.append(list(asked))
        await self.open.wait()
        if -1 in asked:
            raise LookupError("bad batch")
        return [one * 10 for one in asked]


async def test_what_comes_during_a_write_goes_into_the_next() -> None:
    ledger = Ledger()
    batcher = WriteBatcher(ledger.write, limit=3)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(batcher.submit(number)) for number in range(6)]
        await asyncio.sleep(0)
        ledger.open.set()
    assert [task.result() for task in tasks] == [0, 10, 20, 30, 40, 50]
    assert [number for batch in ledger.batches for number in batch] == list(range(6))
    assert len(ledger.batches) <= 3


async def test_who_asks_together_is_written_together() -> None:
    ledger = Ledger()
    ledger.open.set()
    batcher = WriteBatcher(ledger.write)
    for _ in range(2):
        await asyncio.gather(*(batcher.submit(number) for number in range(5)))
    assert ledger.batches == [list(range(5))] * 2


async def test_it_delays_a_batch_only_while_more_comes_than_is_written() -> None:
    ledger = Ledger()
    ledger.open.set()
    batcher = WriteBatcher(ledger.write, batch_delay=30)
    async with asyncio.timeout(5):
        await asyncio.gather(batcher.submit(1), batcher.submit(2))
        await batcher.submit(3)
        ledger.open.clear()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(batcher.submit(4))]
            await asyncio.sleep(0.01)
            tasks += [group.create_task(batcher.submit(number)) for number in (5, 6)]
            await asyncio.sleep(0)
            ledger.open.set()
            await asyncio.sleep(0.05)
            assert [task.done() for task in tasks] == [True, False, False]
            for task in tasks:
                task.cancel()


async def test_alone_it_writes_at_once() -> None:
    ledger = Ledger()
    ledger.open.set()
    assert await WriteBatcher(ledger.write).submit(4) == 40


async def test_a_failed_write_fails_all_that_were_in_it_and_no_others() -> None:
    ledger = Ledger()
    batcher = WriteBatcher(ledger.write)
    ledger.open.set()
    results = await asyncio.gather(batcher.submit(-1), batcher.submit(2), return_exceptions=True)
    assert isinstance(results[0], LookupError)
    assert await batcher.submit(2) == 20


async def test_an_asker_that_goes_away_does_not_leave_the_others_waiting() -> None:
    ledger = Ledger()
    batcher = WriteBatcher(ledger.write)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        first = group.create_task(batcher.submit(1))
        await asyncio.sleep(0)
        second = group.create_task(batcher.submit(2))
        await asyncio.sleep(0)
        first.cancel()
        ledger.open.set()
    assert second.result() == 20


@pytest.mark.parametrize("steps", [0, 1, 3])
async def test_a_writer_that_is_cancelled_leaves_nobody_waiting(steps: int) -> None:
    batcher = WriteBatcher(Ledger().write, limit=1)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        tasks = [group.create_task(answer_to(batcher, number)) for number in range(3)]
        await asyncio.sleep(0)
        writer = batcher._writer
        assert writer is not None
        for _ in range(steps):
            await asyncio.sleep(0)
        writer.cancel()
    assert {task.result() for task in tasks} == {"the writer was cancelled"}


async def answer_to(batcher: WriteBatcher[int, int], asked: int) -> str:
    with pytest.raises(ConnectionAbortedError) as caught:
        await batcher.submit(asked)
    return str(caught.value)


async def test_an_answer_too_few_is_an_error_and_no_endless_wait() -> None:
    async def forgetful(asked: Sequence[int]) -> list[int]:
        return list(asked)[1:]

    with pytest.raises(ValueError, match="zip"):
        await WriteBatcher(forgetful).submit(1)


async def test_writes_begin_an_interval_apart_and_after_a_rest_at_once() -> None:
    ledger, loop = Ledger(), asyncio.get_running_loop()
    ledger.open.set()
    batcher = WriteBatcher(ledger.write, limit=3, interval=0.5)
    began = loop.time()
    await batcher.submit(1)
    assert loop.time() - began < 0.45
    await asyncio.gather(*(batcher.submit(number) for number in (2, 3)))
    assert 0.45 < loop.time() - began < 0.95
    await asyncio.gather(*(batcher.submit(number) for number in (4, 5, 6)))  # as many as one write takes
    assert loop.time() - began < 0.95
    assert ledger.batches == [[1], [2, 3], [4, 5, 6]]


async def test_calls_that_come_one_by_one_wait_for_no_others() -> None:
    ledger, loop = Ledger(), asyncio.get_running_loop()
    ledger.open.set()
    batcher = WriteBatcher(ledger.write, interval=0.5)
    began = loop.time()
    for number in range(20):
        await batcher.submit(number)
    assert loop.time() - began < 0.45
    await asyncio.gather(*(batcher.submit(number) for number in (20, 21)))
    await batcher.submit(22)  # others may come with it, as they did before
    assert loop.time() - began > 0.9
    assert ledger.batches == [*([number] for number in range(20)), [20, 21], [22]]
