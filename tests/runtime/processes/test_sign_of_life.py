"""Signs of life in a process of its own, as a supervisor starts it."""

from __future__ import annotations

import os
import subprocess
import sys

from runtime.processes.sign_of_life import VARIABLE

_GIVE = """
import asyncio, os
from runtime.processes.sign_of_life import VARIABLE, show_life_of_loop, show_life_of_main_thread

async def main():
    show_life_of_loop()
    await asyncio.sleep(0.2)
    show_life_of_main_thread()
    await asyncio.to_thread(show_life_of_main_thread)

asyncio.run(main())
print(os.environ.get(VARIABLE, "not handed down"))
"""


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
