"""The lifecycle of a process: starts its tasks, handles signals, drains, and ends. Every program uses it.

A test may kill it at a failpoint: WHALE_WATCHER_FAILPOINT=marked kills it at the first `marked`, accepted:3
at the third `accepted`. Only tests set it; unset, a failpoint does nothing.

decoded    a scanner has decoded transactions and stored nothing
storing    activities and alerts are written and not committed
stored     they are committed, the dispatcher is not woken yet
claimed    a sender has claimed deliveries and not marked them
marked     `sending` is committed, Telegram is not called yet
accepted   Telegram has accepted the message, the result is not recorded
noting     the result is written and not committed
noted      the result is committed
fan-out    decisions are written and not committed
fanned-out deliveries are committed, no sender is called yet
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import itertools
import logging
import os
import random
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import uvloop

from domain.backoff import Backoff
from domain.errors import Unavailable, WhaleWatcherError
from runtime.clock import monotonic
from runtime.processes.watchdog import beat_event_loop

log = logging.getLogger(__name__)
GARBAGE_OBJECTS = 20_000
"""More containers than at the last collection, after which garbage is looked for."""
CANCEL_SECONDS = 2.0
"""How long a cancelled task may clean up before it is cancelled again."""
_BACKOFF = Backoff()


class Stop:
    """Tells a process to end. SIGTERM and SIGINT set it, and so may the program itself."""

    __slots__ = ("_event",)

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        """Ask for the end; may be said more than once."""
        self._event.set()

    def is_set(self) -> bool:
        """Return whether the end was asked for."""
        return self._event.is_set()

    async def wait(self) -> None:
        """Return when the end is asked for."""
        await self._event.wait()

    async def sleep(self, seconds: float) -> bool:
        """Wait, but no longer than until the end is asked for. True: continue; false: stop."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(seconds, 0)):
                await self._event.wait()
        return not self.is_set()


@contextlib.contextmanager
def every_cancellation() -> Iterator[None]:
    """Pass on a cancellation that a library swallows within the block, or turns into an error of its own.

    asyncio.wait_for of Python 3.11, with which the client of Redis sends, returns its result instead if both
    come in the same turn of the loop. A task that loops until a stop would then never end.

    Raises:
        CancelledError: the task was cancelled meanwhile.
    """
    task = asyncio.current_task()
    before = task.cancelling() if task else 0
    try:
        yield
    finally:
        if task and task.cancelling() > before:
            raise asyncio.CancelledError


Main = Callable[[Stop], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StopTimeouts:
    """How long the end of a program may take, in seconds."""

    drain: float = 5.0
    """To finish its work after the stop; then it is cancelled."""
    cancel: float = 1.5
    """To clean up after it was cancelled; then the process ends as it is."""


_TIMEOUTS = StopTimeouts()
"""Less than the ten seconds after which others kill."""


def freeze_garbage() -> None:
    """Exempt what exists now from garbage collection, and collect the rest less often.

    Each full collection of what exists takes 50 ms. Of what comes later nearly everything goes when its last
    reference does: with Python's own 700 objects a loaded bot spends a tenth of its time on looking for the
    rest.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_OBJECTS, 20, 20)


def run_program(main: Main, timeouts: StopTimeouts = _TIMEOUTS) -> int:
    """Run a program to its end on uvloop and return its exit code.

    SIGTERM, SIGINT and SIGHUP set `stop`. `main` then has `timeouts.drain` seconds to return; what is left is
    cancelled. A second signal cancels at once.

    Returns:
        0 when `main` returned, 1 when it raised (the error is logged), 3 when it had to be cancelled.
    """
    freeze_garbage()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            return runner.run(_supervised(main, timeouts))
        finally:
            _exit_after(timeouts.cancel)


async def _supervised(main: Main, timeouts: StopTimeouts) -> int:
    stop, hurry = Stop(), Stop()
    _listen_to_signals(stop, hurry)
    beat_event_loop()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(_exit_code(main, stop), name="main")
        watch = group.create_task(_drain(task, stop, hurry, timeouts), name="drain")
        await asyncio.wait({task})
        watch.cancel()
    return 3 if task.cancelled() else task.result()


async def _exit_code(main: Main, stop: Stop) -> int:
    try:
        await main(stop)
    except WhaleWatcherError as error:
        log.error("The program cannot continue: %s", error)  # noqa: TRY400 - its text says what to do
        return 1
    except Exception:
        log.exception("The program failed")
        return 1
    return 0


async def _drain(task: asyncio.Task[int], stop: Stop, hurry: Stop, timeouts: StopTimeouts) -> None:
    """Cancel the program when it takes too long to stop, or at the second signal."""
    await stop.wait()
    if await hurry.sleep(timeouts.drain):
        log.warning("Not finished %g s after the stop: cancelling what is left", timeouts.drain)
    task.cancel()
    _exit_after(timeouts.cancel)


def _listen_to_signals(stop: Stop, hurry: Stop) -> None:
    def heard() -> None:
        (hurry if stop.is_set() else stop).set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):  # SIGINT even if a shell started us in its background
        loop.add_signal_handler(number, heard)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup asks not to hear it
        loop.add_signal_handler(signal.SIGHUP, heard)


def _exit_after(seconds: float) -> None:
    """End the process after a time, though a task refuses cancellation or a thread never returns."""
    timer = threading.Timer(seconds, os._exit, args=(3,))
    timer.daemon = True
    timer.start()


class Nursery:
    """Named tasks that belong together: kept, logged, cancelled together. Made by `nursery()`."""

    __slots__ = ("_group", "_stop", "_tasks")

    def __init__(self, group: asyncio.TaskGroup, stop: Stop) -> None:
        self._group = group
        self._stop = stop
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start a task. If it raises, all others are cancelled and the nursery raises too."""
        task = self._group.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def start_forever(
        self, name: str, work: Callable[[], Coroutine[Any, Any, None]], backoff: Backoff = _BACKOFF
    ) -> asyncio.Task[None]:
        """Keep something running until the stop: it starts again, after a wait, when it fails or returns.

        Args:
            name: in the log.
            work: what to run.
            backoff: the waits between failures.
        """
        return self.start(name, _forever(name, work, self._stop, backoff))

    def cancel(self) -> None:
        """Cancel every task that still runs."""
        for task in tuple(self._tasks):
            task.cancel()

    async def end(self) -> None:
        """Cancel every task, repeatedly, until none is left, though this task is cancelled meanwhile."""
        cancelled: asyncio.CancelledError | None = None
        while self._tasks:
            self.cancel()
            try:
                await asyncio.wait(tuple(self._tasks), timeout=CANCEL_SECONDS)
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled is not None:
            raise cancelled

    def __len__(self) -> int:
        return len(self._tasks)


@asynccontextmanager
async def nursery(stop: Stop) -> AsyncIterator[Nursery]:
    """A nursery that ends with its block: whatever still runs there is cancelled and awaited.

    A library may swallow a cancellation that comes at a bad moment (asyncio.wait_for of Python 3.11 does, and
    with it the client of Redis while it connects), so a task that still runs later is cancelled again.

    Use it as `async with nursery(stop) as tasks: tasks.start_forever(...); await stop.wait()`.
    """
    async with asyncio.TaskGroup() as group:
        tasks = Nursery(group, stop)
        try:
            yield tasks
        finally:
            await tasks.end()


async def _forever(
    name: str, work: Callable[[], Coroutine[Any, Any, None]], stop: Stop, backoff: Backoff
) -> None:
    failures = 0
    while not stop.is_set():
        began = monotonic()
        has_failed = await _failed(name, work)
        if stop.is_set():
            return
        failures = backoff.count(failures, monotonic() - began) if has_failed else 0
        pause = backoff.wait(max(failures, 1), random.random())  # noqa: S311 - spreads retries, guards nothing
        if has_failed:
            log.info("%s starts again in %.1f s (failure %d in a row)", name, pause, failures)
        await stop.sleep(pause)


async def _failed(name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> bool:
    try:
        await work()
    except Unavailable as error:  # those who look after that server tell of it
        log.warning("%s: %s", name, error)
        return True
    except Exception:
        log.exception("%s failed", name)
        return True
    return False


def failpoint(name: str) -> None:
    """Kill the process here, as by kill -9, if WHALE_WATCHER_FAILPOINT names this point."""
    fatal, left = _fatal_point()
    if name == fatal and next(left) == 1:
        os.kill(os.getpid(), signal.SIGKILL)


@functools.cache
def _fatal_point() -> tuple[str, Iterator[int]]:
    """Its name, and how often it is passed until it kills."""
    name, _, count = os.environ.get("WHALE_WATCHER_FAILPOINT", "").partition(":")
    return name, itertools.count(int(count) if count.isdigit() else 1, -1)
