"""Points at which a test may kill a process."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from domain.backoff import Backoff
from domain.errors import DatabaseUnavailable
from runtime.processes.lifecycle import Stop, every_cancellation, nursery

_ROOT = Path(__file__).parents[3]
_HEAD = """
import asyncio, signal, sys
from runtime.processes.lifecycle import StopTimeouts, run_program
async def main(stop):
    print("up", flush=True)
"""

_SOON = Backoff(first_wait=0.001, max_wait=0.002)
PROGRAM = """
from runtime.processes.lifecycle import failpoint
for number in range(3):
    failpoint("marked")
    print(number, flush=True)
"""


def _started(body: str) -> subprocess.Popen[bytes]:
    """A program that hears SIGHUP even if whoever runs the tests ignores it, which children inherit."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    heard = "signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"
    code = f"{_HEAD}{lines}{heard}sys.exit(run_program(main, StopTimeouts(drain=0.2, cancel=0.5)))"
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=_ROOT
    )


def _ended(body: str, *signals: int) -> tuple[int, bytes, bytes]:
    """Exit code and outputs of a program that got these signals after it came up."""
    with _started(body) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"up\n"
        for number in signals:
            program.send_signal(number)
            time.sleep(0.05)
        out, err = program.communicate(timeout=20)
    return program.returncode, out, err


def test_a_program_that_returns_ends_with_0() -> None:
    assert _ended("return") == (0, b"", b"")


def test_a_program_that_raises_ends_with_1_and_says_why() -> None:
    code, _, err = _ended("raise ValueError('the moon is full')")
    assert code == 1
    assert b"ValueError: the moon is full" in err


def test_what_an_operator_can_mend_is_one_line_without_a_traceback() -> None:
    body = "from domain.errors import Misconfigured\nraise Misconfigured('set the moon to new')"
    code, _, err = _ended(body)
    assert code == 1
    assert b"set the moon to new" in err
    assert b"Traceback" not in err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_sets_the_stop_and_lets_it_finish(number: int) -> None:
    code, out, _ = _ended("await stop.wait()\nawait asyncio.sleep(0.05)\nprint('drained')", number)
    assert (code, out) == (0, b"drained\n")


def test_what_does_not_drain_in_time_is_cancelled() -> None:
    body = "try:\n    await asyncio.sleep(60)\nfinally:\n    print('cleaned up')"
    assert _ended(body, signal.SIGTERM)[:2] == (3, b"cleaned up\n")


def test_a_second_signal_does_not_wait_for_the_drain() -> None:
    code, _, err = _ended("await asyncio.sleep(60)", signal.SIGINT, signal.SIGINT)
    assert code == 3
    assert b"Not finished" not in err


def test_a_program_ends_though_a_thread_hangs() -> None:
    began = time.monotonic()
    code, _, _ = _ended("import threading\nawait asyncio.to_thread(threading.Event().wait)", signal.SIGTERM)
    assert code == 3
    assert time.monotonic() - began < 5


def test_a_program_ends_though_a_task_refuses_to() -> None:
    loop = "while True:\n    try:\n        await asyncio.sleep(60)\n"
    body = f"{loop}    except asyncio.CancelledError:\n        pass"
    assert _ended(body, signal.SIGTERM)[0] == 3


def test_an_interrupt_is_heard_in_the_background_of_a_shell() -> None:
    code = f"import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n{_HEAD}    await stop.wait()\n"
    command = [sys.executable, "-c", f"{code}sys.exit(run_program(main))"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=_ROOT) as program:
        assert program.stdout is not None
        program.stdout.readline()
        program.send_signal(signal.SIGINT)
        assert program.wait(5) == 0


def test_nohup_is_respected() -> None:
    body = "await stop.sleep(0.2)\nprint(stop.is_set())"
    code = f"import signal\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n{_HEAD}"
    code += "".join(f"    {line}\n" for line in body.splitlines()) + "run_program(main)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=_ROOT) as program:
        assert program.stdout is not None
        program.stdout.readline()
        program.send_signal(signal.SIGHUP)
        out, _ = program.communicate(timeout=10)
    assert out == b"False\n"


async def test_sleeping_ends_with_the_stop() -> None:
    stop = Stop()
    assert await stop.sleep(0.001)
    asyncio.get_running_loop().call_later(0.01, stop.set)
    async with asyncio.timeout(5):
        assert not await stop.sleep(60)
    assert not await stop.sleep(60)


async def test_a_nursery_ends_with_its_block_and_cancels_what_runs() -> None:
    cancelled = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    async with nursery(Stop()) as tasks:
        task = tasks.start("work", work())
        await asyncio.sleep(0)
        assert len(tasks) == 1
        assert task.get_name() == "work"
    assert cancelled.is_set()


async def test_a_task_whose_cancellation_was_swallowed_is_cancelled_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("runtime.processes.lifecycle.CANCEL_SECONDS", 0.01)
    cancelled = 0

    async def work() -> None:
        nonlocal cancelled
        while cancelled < 3:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                cancelled += 1

    async with asyncio.timeout(5), nursery(Stop()) as tasks:
        tasks.start("work", work())
        await asyncio.sleep(0)
    assert cancelled == 3


async def test_a_failing_task_ends_its_nursery() -> None:
    async def fail() -> None:
        raise ValueError("broken")

    async def run() -> None:
        async with nursery(Stop()) as tasks:
            tasks.start("fail", fail())
            await asyncio.sleep(60)

    with pytest.raises(ExceptionGroup) as error:
        await run()
    assert error.group_contains(ValueError)


async def test_what_runs_forever_is_started_again_after_failing_and_after_returning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stop, runs = Stop(), 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise ValueError("the first time")
        if runs == 3:
            stop.set()

    async with nursery(stop) as tasks:
        async with asyncio.timeout(5):
            await tasks.start_forever("work", work, _SOON)
    assert runs == 3
    assert "work failed" in caplog.text


async def test_the_outage_of_a_server_is_a_warning_without_a_traceback_and_no_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stop = Stop()

    async def work() -> None:
        stop.set()
        raise DatabaseUnavailable("PostgreSQL: connection refused")

    async with nursery(stop) as tasks:
        await tasks.start_forever("abandoned updates", work, _SOON)
    (record,) = [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert record.levelname == "WARNING"
    assert record.getMessage() == "abandoned updates: PostgreSQL: connection refused"
    assert record.exc_info is None


async def test_a_nursery_that_is_cancelled_while_it_ends_still_ends_its_tasks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("runtime.processes.lifecycle.CANCEL_SECONDS", 0.01)
    cancelled = 0

    async def work() -> None:
        nonlocal cancelled
        while cancelled < 3:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                cancelled += 1

    async def run() -> None:
        async with nursery(Stop()) as tasks:
            tasks.start("work", work())
            await asyncio.sleep(0)
        raise AssertionError

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(run())
        await asyncio.sleep(0.001)
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()
    assert task.cancelled()
    assert cancelled == 3


@pytest.mark.parametrize("outcome", [None, OSError("away")], ids=["a result", "an error"])
async def test_a_cancellation_that_a_library_swallows_is_passed_on(outcome: OSError | None) -> None:
    async def swallow() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            if outcome:
                raise outcome from None

    async def call() -> str:
        try:
            with every_cancellation():
                await swallow()
        except OSError:
            return "went on after the error"
        return "went on"

    async with asyncio.TaskGroup() as group:
        task = group.create_task(call())
        await asyncio.sleep(0)
        task.cancel()
    assert task.cancelled()


async def test_a_timeout_around_a_library_is_still_a_timeout() -> None:
    async def run() -> None:
        async with asyncio.timeout(0.001):
            with every_cancellation():
                await asyncio.sleep(60)

    with pytest.raises(TimeoutError):
        await run()


def run(fault: str) -> tuple[int, str]:
    environment = {**os.environ, "WHALE_WATCHER_FAILPOINT": fault}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("fault", ["", "claimed", "marked:9"])
def test_nothing_happens_unless_it_is_asked_for(fault: str) -> None:
    assert run(fault) == (0, "0\n1\n2\n")


@pytest.mark.parametrize(("fault", "said"), [("marked", ""), ("marked:2", "0\n")])
def test_the_process_dies_at_its_point(fault: str, said: str) -> None:
    assert run(fault) == (-signal.SIGKILL, said)
