from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from runtime.clock import monotonic
from runtime.observability.logs import Redactor
from runtime.processes.child import Child
from runtime.processes.console import Console, LogFile
from runtime.processes.programs import Program
from runtime.processes.watchdog import SilenceLimits

_SLEEP = "import time; print('up', flush=True); time.sleep(60)"
_SILENCE = SilenceLimits(start=20, silent=2.0, grace=0.3, poll=0.02)
_PROGRAM = """
import sys
from runtime.processes.lifecycle import run_program

async def main(stop):
    print("up", flush=True)
    {work}
    await stop.wait()

sys.exit(run_program(main))
"""
_WORKER = """
import threading
from contextlib import asynccontextmanager
from workers.process import Process

@asynccontextmanager
async def connections(stop):
    yield None

def listen(count, process):
    print("up", flush=True)
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()

Process(connections).serve(listen)
"""


class _Supervised:
    """A child whose lines go to a text."""

    def __init__(self, code: str, folder: Path, silence: SilenceLimits | None = None) -> None:
        self.stream = io.StringIO()
        self.log = folder / "program.log"
        self.child = Child(
            Program(name="program", arguments=("-c", code), silence=silence),
            {"SETTING": "value"},
            Console(self.stream, ["program"]),
            LogFile(self.log, Redactor(["planted"])),
        )

    async def said(self, text: str, times: int = 1) -> None:
        """Return when a text was said so often."""
        while self.stream.getvalue().count(text) < times:  # noqa: ASYNC110 - a text is watched
            await asyncio.sleep(0.01)


@asynccontextmanager
async def _kept(code: str, folder: Path, silence: SilenceLimits | None = None) -> AsyncIterator[_Supervised]:
    supervised = _Supervised(code, folder, silence)
    async with asyncio.timeout(40), asyncio.TaskGroup() as group:
        group.create_task(supervised.child.keep_running())
        yield supervised
        supervised.child.ask_to_stop()


async def test_its_lines_are_shown_with_its_name_and_logged_without_secrets(tmp_path: Path) -> None:
    code = "import os, sys; print(os.environ['SETTING'], flush=True); sys.stderr.write('planted\\nno end')"
    one = _Supervised(code, tmp_path)
    assert await one.child.run_once() == 0
    assert one.stream.getvalue() == "program | value\nprogram | ***\nprogram | no end\n"
    assert one.log.read_text() == "value\n***\nno end\n"


async def test_a_very_long_line_is_cut_and_not_kept_waiting(tmp_path: Path) -> None:
    one = _Supervised("print('x' * 1_000_000)", tmp_path)
    assert await one.child.run_once() == 0
    assert one.log.read_text().count("x") == 1_000_000


async def test_it_is_started_again_with_growing_waits_and_its_last_error_is_shown(tmp_path: Path) -> None:
    code = "import sys; sys.exit('ValueError: the moon is full')"
    async with _kept(code, tmp_path) as one:
        await one.said("starts again in", times=3)
    text = one.stream.getvalue()
    assert "ended with code 1; starts again in 0." in text
    assert "Last line: ValueError: the moon is full" in text


async def test_one_that_keeps_crashing_is_said_to_keep_crashing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.processes.child._CRASHES_TO_REPORT", 2)
    async with _kept("raise ValueError('the moon is full')", tmp_path) as one:
        await one.said("keeps crashing")
    assert (
        "It keeps crashing (2 times in a row). Last error: ValueError: the moon is full"
        in one.stream.getvalue()
    )


async def test_a_killed_program_is_started_again_and_the_signal_is_named(tmp_path: Path) -> None:
    async with _kept(_SLEEP, tmp_path) as one:
        await one.said("up")
        first = one.child.pid
        assert first
        psutil.Process(first).kill()
        await one.said("up", times=2)
        assert one.child.pid != first
    assert "was ended by SIGKILL; starts again" in one.stream.getvalue()


async def test_it_stops_when_asked_and_is_not_started_again(tmp_path: Path) -> None:
    began = monotonic()
    async with _kept(_SLEEP, tmp_path) as one:
        await one.said("up")
    assert one.child.pid is None
    assert monotonic() - began < 10
    assert "starts again" not in one.stream.getvalue()


async def test_what_it_started_ends_with_it(tmp_path: Path) -> None:
    code = "import subprocess; print(subprocess.Popen(['sleep', '60']).pid, flush=True)"
    one = _Supervised(code, tmp_path)
    assert await one.child.run_once() == 0
    grandchild = int(one.log.read_text())
    _, alive = psutil.wait_procs(
        [psutil.Process(grandchild)] if psutil.pid_exists(grandchild) else [], timeout=5
    )
    assert not alive


async def test_a_cancelled_supervisor_leaves_no_process(tmp_path: Path) -> None:
    one = _Supervised(_SLEEP, tmp_path)
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        task = group.create_task(one.child.run_once())
        await one.said("up")
        pid = one.child.pid
        task.cancel()
    assert pid
    assert _is_gone(pid)


def _is_gone(pid: int) -> bool:
    """Return whether a process ends within some seconds."""
    try:
        psutil.Process(pid).wait(5)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return False
    return True


async def test_a_program_that_is_stopped_is_killed_and_started_again(tmp_path: Path) -> None:
    async with _kept(_PROGRAM.format(work=""), tmp_path, _SILENCE) as one:
        await one.said("up")
        first = one.child.pid
        assert first
        await asyncio.sleep(0.5)
        psutil.Process(first).suspend()
        await one.said("up", times=2)
        assert one.child.pid != first
    text = one.stream.getvalue()
    assert "hangs: no sign of life from its event loop for 2 s" in text
    assert "is killed, because it hangs" in text
    assert "was ended by SIGKILL; starts again" in text


async def test_a_program_whose_loop_is_blocked_says_where_and_is_started_again(tmp_path: Path) -> None:
    work = "import asyncio, time; await asyncio.sleep(0.1); time.sleep(60)"
    async with _kept(_PROGRAM.format(work=work), tmp_path, _SILENCE) as one:
        await one.said("up", times=2)
        one.child.ask_to_stop()
        one.child.kill()
    text = one.stream.getvalue()
    assert "most recent call first" in text
    assert "in main" in text


async def test_a_worker_whose_main_thread_is_blocked_is_started_again(tmp_path: Path) -> None:
    async with _kept(_WORKER, tmp_path, _SILENCE) as one:
        await one.said("up", times=2)
        one.child.ask_to_stop()
        one.child.kill()
    assert "hangs: no sign of life from its main thread" in one.stream.getvalue()


async def test_a_program_that_comes_back_in_time_is_not_killed(tmp_path: Path) -> None:
    patient = SilenceLimits(start=20, silent=1.5, grace=8, poll=0.02)
    async with _kept(_PROGRAM.format(work=""), tmp_path, patient) as one:
        await one.said("up")
        first = one.child.pid
        assert first
        await asyncio.sleep(0.5)
        psutil.Process(first).suspend()
        await one.said("hangs:")
        psutil.Process(first).resume()
        await one.said("works again")
        assert one.child.pid == first


async def test_a_program_that_works_is_left_alone(tmp_path: Path) -> None:
    async with _kept(_PROGRAM.format(work=""), tmp_path, _SILENCE) as one:
        await one.said("up")
        await asyncio.sleep(3)
    assert "hangs" not in one.stream.getvalue()
