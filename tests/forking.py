"""Starts programs of the product by forking a process that has imported all of them.

`python -m workers dispatcher` takes a second of processor before it does anything, most of it for imports,
and tests start programs by the hundred. A fork begins as that program does, with the imports behind it: its
own session, folder, environment and output, and `__main__` run as by `python -m`. That each program starts in
the ordinary way as well is shown where `make prove` and `make run` are tested.
"""

import asyncio
import contextlib
import gc
import multiprocessing
import os
import runpy
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from multiprocessing import forkserver, reduction
from pathlib import Path
from typing import Any
from unittest.mock import patch

import time_machine

from runtime.embedded.processes import parent_death_signal
from runtime.processes.programs import Program
from runtime.processes.watchdog import VARIABLE

ROOT = Path(__file__).parents[1]

_IMPORTED = [
    "bot.wiring",
    "runtime.processes.entry",
    "scanner.reconcile.quarantine_retry",
    "scanner.wiring",
    "tests.forking",
    "tests.preloaded",
    "web.wiring",
    "workers.wiring",
]
"""What the programs' `__main__` import, for running these again would warn; and what a forked one needs."""
_SET_BY_IMPORTS = ("PTB_TIMEDELTA",)
"""Variables that the product sets for its libraries before it imports them."""
CLOCK_AHEAD = "TEST_CLOCK_AHEAD_SECONDS"
"""Variable for a program whose clock is so much ahead of this machine's, or behind it; it does not see it.

What Python reads as time of day is moved, no other clock: waits take as long as ever. A library loaded before
all others (libfaketime) moves the clock of C code as well, but time.sleep fails under it, and a program on a
busy machine stood still for half a minute.
"""
_POLL_SECONDS = 0.01
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(_IMPORTED)


def begin_to_fork() -> None:
    """Start what forks programs now: forks of this process use it, and start none of their own."""
    forkserver.ensure_running()
    os.register_at_fork(after_in_child=_use_what_the_parent_began)


class Inherited:
    """A file descriptor that the program gets as well."""

    def __init__(self, number: int) -> None:
        self._number = number

    def __reduce__(self) -> tuple[object, ...]:
        return _detached, (reduction.DupFd(self._number),)


class ForkedProgram:
    """A program that runs, with what subprocess.Popen and asyncio offer of it.

    Args:
        arguments: what stands behind `python -m`.
        environment: all of it.
        folder: where it runs.
        output: of stdout and stderr, in this order; files that are open here.
        signs: where it gives signs of life, for a watchdog.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        output: tuple[int, int],
        signs: int | None = None,
    ) -> None:
        self.stdout: asyncio.StreamReader | None = None
        """Set by `piped`."""
        given = [Inherited(number) for number in output]
        self._process = _CONTEXT.Process(
            target=_run,
            args=(list(arguments), dict(environment), folder, given, signs and Inherited(signs)),
            daemon=True,  # ends with the tests at the latest
        )
        self._process.start()
        assert self._process.pid is not None
        self.pid: int = self._process.pid

    @property
    def returncode(self) -> int | None:
        """None while it runs; negative: ended by that signal."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """The same."""
        return self.returncode

    def wait(self, timeout: float) -> int:
        """The exit code, in a thread.

        Raises:
            TimeoutError: it still runs.
        """
        until = time.monotonic() + timeout
        while (code := self.returncode) is None:
            if time.monotonic() > until:
                raise TimeoutError
            time.sleep(_POLL_SECONDS)
        return code

    async def ended(self) -> int:
        """The exit code, in a loop."""
        while (code := self.returncode) is None:  # noqa: ASYNC110 - a process is watched
            await asyncio.sleep(_POLL_SECONDS)
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal, if it runs."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


async def piped(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path, signs: int | None
) -> ForkedProgram:
    """Start a program whose whole output can be read as its `stdout`."""
    reading, writing = os.pipe()
    try:
        program = ForkedProgram(arguments, environment, folder, (writing, writing), signs)
    finally:
        os.close(writing)
    program.stdout = asyncio.StreamReader()
    reader = asyncio.StreamReaderProtocol(program.stdout)
    await asyncio.get_running_loop().connect_read_pipe(lambda: reader, os.fdopen(reading, "rb", buffering=0))
    return program


@contextlib.asynccontextmanager
async def forked(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path = ROOT
) -> AsyncIterator[ForkedProgram]:
    """A program whose output can be read, killed at the end if it still runs."""
    program = await piped(arguments, environment, folder, None)
    try:
        yield program
    finally:
        program.kill()
        await program.ended()
        assert program.stdout is not None
        await program.stdout.read()  # the pipe closes at its end


async def start_forked(program: Program, environment: Mapping[str, str], signs: int | None) -> ForkedProgram:
    """Start a program for `Child`."""
    return await piped(program.arguments[1:], environment, ROOT, signs)  # behind -m


def _use_what_the_parent_began() -> None:
    """It is no child of this process, which could not wait for it."""
    patch.object(forkserver._forkserver, "ensure_running").start()


def _detached(duplicate: Any) -> int:
    return int(duplicate.detach())


def _run(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    output: Sequence[int],
    signs: int | None,
) -> None:
    """In the new process: become what `python -m` with these arguments would be."""
    gc.freeze()  # what was there before the fork is not looked through
    parent_death_signal(signal.SIGKILL, parent=os.getppid())()
    os.setsid()
    os.chdir(folder)
    for number, file in enumerate(output, start=1):
        os.dup2(file, number)
    for file in set(output):
        os.close(file)
    # The server of forks lives as long as somebody has this open, and dies with the tests if only they have.
    os.close(forkserver._forkserver._forkserver_alive_fd)  # type: ignore[attr-defined]
    set_by_imports = {name: os.environ[name] for name in _SET_BY_IMPORTS}
    os.environ.clear()
    os.environ.update(set_by_imports | dict(environment))
    if ahead := float(os.environ.pop(CLOCK_AHEAD, "0")):
        time_machine.travel(time.time() + ahead).start()
    if signs is not None:
        os.environ[VARIABLE] = str(signs)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    patch("os.nice").start()  # programs of other tests run beside it: who gives way to them may get nothing
    module, *rest = arguments
    sys.path[0] = str(folder)
    sys.argv = [module, *rest]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
