"""Signs of life in a process of its own, as a supervisor starts it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from contextlib import closing

import pytest

from runtime.processes.watchdog import VARIABLE, SilenceLimits, Watchdog

_LIMITS = SilenceLimits(start=0.1, silent=0.1, grace=0.05, poll=0.01)
_GIVE = """
import asyncio, os
from runtime.processes.watchdog import VARIABLE, beat_event_loop, beat_main_thread

async def main():
    beat_event_loop()
    await asyncio.sleep(0.2)
    beat_main_thread()
    await asyncio.to_thread(beat_main_thread)

asyncio.run(main())
print(os.environ.get(VARIABLE, "not handed down"))
"""


async def test_one_that_never_gives_a_sign_is_noticed() -> None:
    with closing(Watchdog(_LIMITS)) as watchdog:
        async with asyncio.timeout(10):
            assert await watchdog.wait_for_silence() == "no sign of life in the first 0.1 s"


@pytest.mark.parametrize(("source", "name"), [(b"l", "event loop"), (b"m", "main thread")])
async def test_what_falls_silent_is_named(source: bytes, name: str) -> None:
    with closing(Watchdog(_LIMITS)) as watchdog:
        os.write(watchdog.writing, source)
        async with asyncio.timeout(10):
            assert f"no sign of life from its {name} for" in await watchdog.wait_for_silence()


async def test_a_main_thread_that_hangs_is_noticed_though_the_loop_turns() -> None:
    async def write_forever(pipe: int) -> None:
        while True:
            os.write(pipe, b"l")
            await asyncio.sleep(0.01)

    with closing(Watchdog(_LIMITS)) as watchdog:
        os.write(watchdog.writing, b"m")
        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            turning = group.create_task(write_forever(watchdog.writing))
            assert "main thread" in await watchdog.wait_for_silence()
            turning.cancel()


async def test_one_that_gives_signs_is_left_alone() -> None:
    with closing(Watchdog(_LIMITS)) as watchdog:
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(watchdog.wait_for_silence())
            for _ in range(30):
                os.write(watchdog.writing, b"l")
                await asyncio.sleep(0.01)
            assert not waiting.done()
            waiting.cancel()


async def test_one_that_returns_within_the_grace_has_come_back() -> None:
    with closing(Watchdog(_LIMITS)) as watchdog:
        os.write(watchdog.writing, b"l")
        async with asyncio.timeout(10):
            await watchdog.wait_for_silence()
            os.write(watchdog.writing, b"l")
            assert await watchdog.recovers_in_time()
            assert await watchdog.wait_for_silence()
            assert not await watchdog.recovers_in_time()


async def test_the_time_in_which_nobody_looked_does_not_count() -> None:
    with closing(Watchdog(SilenceLimits(start=60, silent=1, grace=0.01, poll=0.01))) as watchdog:
        os.write(watchdog.writing, b"l")
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(watchdog.wait_for_silence())
            await asyncio.sleep(0.05)
            watchdog._looked_at -= 3600
            await asyncio.sleep(0.05)
            assert not waiting.done()
            waiting.cancel()


async def test_it_closes_its_pipe() -> None:
    with closing(Watchdog(_LIMITS)) as watchdog:
        pipe = watchdog.writing
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.write(pipe, b"l")


def _run(value: str | None, *, pass_fds: tuple[int, ...] = ()) -> str:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.getcwd()}  # noqa: PTH109 - the root of the tests
    if value is not None:
        environment[VARIABLE] = value
    command = [sys.executable, "-c", _GIVE]
    return subprocess.run(
        command, env=environment, pass_fds=pass_fds, capture_output=True, text=True, check=True, timeout=30
    ).stdout


def test_the_loop_and_the_main_thread_write_each_its_own_sign_and_other_threads_none() -> None:
    reading, writing = os.pipe()
    said = _run(str(writing), pass_fds=(writing,))
    os.close(writing)
    assert os.read(reading, 100) == b"lm"
    os.close(reading)
    assert said == "not handed down\n"


def test_without_a_supervisor_nothing_is_written() -> None:
    assert _run(None) == "not handed down\n"


def test_a_number_that_is_no_pipe_is_ignored() -> None:
    assert _run("99") == _run("1e3") == "not handed down\n"


def test_a_full_or_closed_pipe_stops_nobody() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    assert _run(str(writing), pass_fds=(writing,)) == "not handed down\n"
    os.close(writing)
