"""One supervised process: its start, its output, its restart when it dies, its stop."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import os
import random
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Protocol

from domain.backoff import Backoff
from runtime.clock import monotonic
from runtime.embedded.processes import parent_death_signal
from runtime.processes.console import Console, LogFile
from runtime.processes.lifecycle import Stop
from runtime.processes.programs import Program
from runtime.processes.watchdog import STACKS_SIGNAL, VARIABLE, Watchdog

_RESTARTS = Backoff(first_wait=0.5, max_wait=30.0, reset_after=60.0)
_CRASHES_TO_REPORT = 5
_MAX_LINE_BYTES = 64_000
_LAST_OUTPUT_SECONDS = 0.5
_POLL_SECONDS = 0.05


class RunningProcess(Protocol):
    """What supervision needs of a process; asyncio's Process is one."""

    @property
    def pid(self) -> int:
        """It leads a group of this number, which holds all that it starts."""
        ...

    @property
    def returncode(self) -> int | None:
        """None while it runs; negative: ended by that signal."""
        ...

    @property
    def stdout(self) -> asyncio.StreamReader | None:
        """All that it prints; None: nobody reads that."""
        ...

    def send_signal(self, signal: int) -> None:
        """Send it a signal."""
        ...


Start = Callable[[Program, Mapping[str, str], int | None], Awaitable[RunningProcess]]
"""Starts a program with an environment, and with the file descriptor by which it gives signs of life."""


async def start_python(program: Program, environment: Mapping[str, str], signs: int | None) -> RunningProcess:
    """Start a program as a child of this process, which gets SIGTERM when this process dies.

    Args:
        program: with its arguments for Python.
        environment: all of it; nothing of this process's own is added.
        signs: the file descriptor by which the child gives signs of life; None: it gives none.
    """
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *program.arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=PIPE,
        stderr=STDOUT,
        env=environment,
        pass_fds=() if signs is None else (signs,),
        start_new_session=True,
        preexec_fn=parent_death_signal(signal.SIGTERM),
    )


class Child:
    """A program under supervision.

    Args:
        program: which.
        environment: all that it gets.
        console: shows its lines, with its name before them.
        log: takes the same lines.
        changed: called when its process id has changed.
        start: starts the program.
    """

    def __init__(
        self,
        program: Program,
        environment: Mapping[str, str],
        console: Console,
        log: LogFile,
        changed: Callable[[], None] = lambda: None,
        *,
        start: Start = start_python,
    ) -> None:
        self.program = program
        self._environment = environment
        self._console = console
        self._log = log
        self._changed = changed
        self._start = start
        self._stop = Stop()
        self._process: RunningProcess | None = None
        self._recent: collections.deque[str] = collections.deque(maxlen=50)

    @property
    def pid(self) -> int | None:
        """The process id while it runs; else None."""
        return self._process.pid if self._process and self._process.returncode is None else None

    @property
    def was_started(self) -> bool:
        """Whether it ran at all."""
        return self._process is not None

    async def run_once(self) -> int:
        """Start it and return its exit code when it has ended; negative: by that signal."""
        limits = self.program.silence
        if limits is None:
            return await self._live(await self._spawn())
        with contextlib.closing(Watchdog(limits)) as watchdog:
            process = await self._spawn(watchdog.writing)
            async with asyncio.TaskGroup() as group:
                watching = group.create_task(self._watch(process, watchdog))
                try:
                    return await self._live(process)
                finally:
                    watching.cancel()

    async def keep_running(self) -> None:
        """Run it until it is asked to stop, with longer and longer waits while it keeps failing."""
        failures = 0
        while not self._stop.is_set():
            began = monotonic()
            code = await self.run_once()
            if self._stop.is_set():
                return
            failures = _RESTARTS.count(failures, monotonic() - began)
            pause = _RESTARTS.wait(failures, random.random())  # noqa: S311 - spreads restarts, guards nothing
            self._report(
                f"{_describe_exit(code)}; starts again in {pause:.1f} s. {self._describe_failures(failures)}"
            )
            await self._stop.sleep(pause)

    def ask_to_stop(self) -> None:
        """Send SIGTERM, if it runs; it is not started again."""
        self._stop.set()
        if self._process and self.pid:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it and all processes it started, at once."""
        if pid := self.pid:
            _kill_group(pid)

    def last_error(self) -> str:
        """The latest line that reports an error, or else the last line."""
        errors = (
            line
            for line in reversed(self._recent)
            if "ERROR" in line or "CRITICAL" in line or "Error:" in line
        )
        return next(errors, self._recent[-1] if self._recent else "it said nothing")

    async def _live(self, process: RunningProcess) -> int:
        """Pass on what it says until it has ended."""
        self._process = process
        self._changed()
        if self._stop.is_set():
            self.ask_to_stop()
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(self._listen(process))
            try:
                return await _exit_code(process)
            finally:
                _kill_group(process.pid)
                await _exit_code(process)
                await asyncio.wait({listening}, timeout=_LAST_OUTPUT_SECONDS)
                listening.cancel()
                self._changed()

    async def _watch(self, process: RunningProcess, watchdog: Watchdog) -> None:
        """End it when it lives and does not work; whoever stops it has a time limit of his own."""
        while True:
            silence = await watchdog.wait_for_silence()
            if self._stop.is_set():
                return
            self._report(f"hangs: {silence}. Where it stands, if it can say so:")
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(STACKS_SIGNAL)
            if await watchdog.recovers_in_time():
                self._report("works again")
            else:
                self._report("is killed, because it hangs")
                _kill_group(process.pid)
                return

    async def _spawn(self, signs: int | None = None) -> RunningProcess:
        self._recent.clear()
        own = {} if signs is None else {VARIABLE: str(signs)}
        return await self._start(self.program, {**os.environ, **self._environment, **own}, signs)

    async def _listen(self, process: RunningProcess) -> None:
        if process.stdout is None:
            return
        async for line in _lines(process.stdout):
            masked = self._log.masked(line)
            self._recent.append(masked)
            self._log.write(masked)
            self._console.write_from(self.program.name, masked)

    def _report(self, text: str) -> None:
        self._log.write(f"-- {text}")
        self._console.write_from(self.program.name, self._console.bold(text))

    def _describe_failures(self, failures: int) -> str:
        error = self.last_error()
        if failures < _CRASHES_TO_REPORT:
            return f"Last line: {error}"
        return f"It keeps crashing ({failures} times in a row). Last error: {error}"


async def _exit_code(process: RunningProcess) -> int:
    """Wait for the end of the process alone; `process.wait()` waits for all who inherited its output."""
    while process.returncode is None:  # noqa: ASYNC110 - a process is watched
        await asyncio.sleep(_POLL_SECONDS)
    return process.returncode


def _describe_exit(code: int) -> str:
    if code >= 0:
        return f"ended with code {code}"
    with contextlib.suppress(ValueError):
        return f"was ended by {signal.Signals(-code).name}"
    return f"was ended by signal {-code}"


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    """Lines as they come; one that is too long is cut in pieces."""
    rest = b""
    while chunk := await stream.read(_MAX_LINE_BYTES):
        *whole, rest = (rest + chunk).split(b"\n")
        if len(rest) > _MAX_LINE_BYTES:
            whole, rest = [*whole, rest], b""
        for line in whole:
            yield line.decode("utf-8", "replace").rstrip()
    if rest:
        yield rest.decode("utf-8", "replace").rstrip()
