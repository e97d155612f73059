"""One worker process: jobs of RQ in the main thread, one event loop with its connections in another.

What jobs work with is made once per process by `workers/wiring.py`, and kept from job to job.

A job function is a plain function that RQ calls; it hands its coroutine to the loop and waits:

    def answer(text: str) -> None:
        payload = jobs.read(text)
        run(lambda context: do_step(context, payload))
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import os
import signal
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import partial
from types import FrameType
from typing import Any, TypeVar

import uvloop

from chain.rpc.accounts import read_accounts
from chain.rpc.pool import RpcPool
from chain.rpc.token_prices import TokenPriceReader
from domain.errors import Misconfigured, WhaleWatcherError
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.channel import MessageSender
from runtime.clock import monotonic
from runtime.processes.lifecycle import Stop, freeze_garbage
from runtime.processes.watchdog import SIGN_SECONDS, beat_event_loop, beat_main_thread
from runtime.settings.settings import Settings
from storage.coordination.queues import Queues
from storage.market.pools import StoredPools
from storage.postgres import Database
from workers.cached_facts import CachedFacts

log = logging.getLogger(__name__)
T = TypeVar("T")
JOB_SECONDS = 50.0
"""How long a job may take; RQ would break it off, less gently, a little later."""
START_SECONDS = 30.0
DRAIN_SECONDS = 30.0
"""How long a stop may take at most: a call to Telegram that was begun gets its answer, and no doubt is left.

It ends as soon as nothing is in flight. Give it 35 s before you kill; `make run` does not wait so long.
"""
JOB_DRAIN_SECONDS = 6.0
END_SECONDS = DRAIN_SECONDS + 4.0
"""After the stop was asked for; then the process ends as it is, whatever hangs in it."""
_AGAIN_SECONDS = 1.0
Listen = Callable[[int, "Process"], None]
"""Runs jobs until a signal (then it sets the process) or a fault; the number counts the calls."""


def _nobody() -> None:
    """No background task: this process runs jobs alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Open connections and the names of this process."""

    settings: Settings
    owner: str
    """The owner name in leases; a new one after each start."""
    database: Database
    telegram: MessageSender
    """`send` and `edit` messages; every fault is a `SendResult`."""
    cached: CachedFacts
    """Shared caches of recent reads."""
    callbacks: Callbacks
    """Signs the data of buttons."""
    rpc: RpcPool | None = None
    """The nodes; None in a worker that does not read the chain."""
    job_queues: Queues | None = None
    """Takes jobs; None in a worker that enqueues none."""
    wake: Callable[[], None] = field(default=_nobody)
    """Wakes the background task, the sender or the runner, to poll for due rows at once."""

    @property
    def nodes(self) -> RpcPool:
        """The nodes, in a worker that reads the chain."""
        if self.rpc is None:
            raise RuntimeError("this worker was started without RPC_URLS")
        return self.rpc

    @property
    def token_prices(self) -> TokenPriceReader:
        """What tokens are worth now, in a worker that reads the chain."""
        chain = self.settings.chain
        pools = StoredPools(database=self.database, chain=chain)
        return TokenPriceReader(partial(read_accounts, self.nodes), pools, chain=chain)

    @property
    def queues(self) -> Queues:
        """The queues, in a worker that enqueues jobs."""
        if self.job_queues is None:
            raise RuntimeError("this worker enqueues no jobs")
        return self.job_queues


Open = Callable[[Stop], AbstractAsyncContextManager[Context]]
"""Opens the connections and starts what runs beside the jobs; leaving it drains and closes all."""


class Process:
    """The life of one worker process."""

    def __init__(self, open_: Open) -> None:
        self._open = open_
        self._ready: Future[Context] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: Stop | None = None
        self._job: asyncio.Task[Any] | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._live, name="loop", daemon=True)
        self._ended = threading.Event()

    def serve(self, listen: Listen) -> int:
        """Start the loop, take jobs until a signal, drain; the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        self._thread.start()
        threading.Thread(target=self._end_in_time, name="deadline", daemon=True).start()
        try:
            _CURRENT.process = self
            self._wait_until_ready()
            freeze_garbage()
            log.info("Ready")
            self._listen(listen)
        except WhaleWatcherError as error:
            if self._stop is not None and self._stop.is_set():  # it was asked to end while it waited
                return 0
            log.error("The worker cannot continue: %s", error)  # noqa: TRY400 - the sentence says it all
            return 1
        except Exception:
            log.exception("The worker cannot continue")
            return 1
        finally:
            self._end()
        return 0 if not self._thread.is_alive() else 3

    def run(self, work: Callable[[Context], Awaitable[T]], *, seconds: float = JOB_SECONDS) -> T:
        """Do `work` in the loop and wait for it, at most `seconds`.

        Raises:
            TimeoutError: it took longer; it was cancelled.
        """
        context = self._ready.result(START_SECONDS)

        async def bounded() -> T:
            self._job = asyncio.current_task()
            try:
                async with asyncio.timeout(seconds):
                    return await work(context)
            finally:
                self._job = None

        if self._loop is None:
            raise RuntimeError("the loop of this worker does not run")
        future = asyncio.run_coroutine_threadsafe(bounded(), self._loop)
        try:
            return _awaited(future, seconds + 2)
        except BaseException:
            future.cancel()
            raise

    def is_set(self) -> bool:
        """Return whether it is to end."""
        return self._stopping.is_set()

    def set(self) -> None:
        """End soon; may be called from any thread and from a signal handler."""
        self._stopping.set()
        loop, stop = self._loop, self._stop
        if loop is not None and stop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(stop.set)

    def _wait_until_ready(self) -> None:
        """Wait as long as the loop waits for its servers; whether it hangs is the watchdog's to say."""
        while not self._ready.done():
            beat_main_thread()
            concurrent.futures.wait([self._ready], SIGN_SECONDS)
        self._ready.result()

    def _listen(self, listen: Listen) -> None:
        """Listen, and again after every fault, until the stop."""
        count = 0
        while not self._stopping.is_set() and self._thread.is_alive():
            beat_main_thread()
            listen(count, self)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, self._on_signal)
            count += 1
            self._stopping.wait(_AGAIN_SECONDS)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.set()

    def _end(self) -> None:
        self.set()
        for _ in range(int((DRAIN_SECONDS + 1) / SIGN_SECONDS)):
            beat_main_thread()
            self._thread.join(SIGN_SECONDS)
            if not self._thread.is_alive():
                self._ended.set()
                return

    def _end_in_time(self) -> None:
        """End the process when it was asked to end and something in it never returns."""
        self._stopping.wait()
        if not self._ended.wait(END_SECONDS):
            os._exit(3)

    def _live(self) -> None:
        """The loop's thread: from opening to closing."""
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(self._main())
        except Exception as error:
            if not self._ready.done():
                self._ready.set_exception(error)
                return
            log.exception("The worker's loop failed")
        finally:
            if not self._ready.done():
                self._ready.set_exception(Misconfigured("the worker was stopped before it was ready"))
            self._stopping.set()

    async def _main(self) -> None:
        self._stop = stop = Stop()
        self._loop = asyncio.get_running_loop()
        if self._stopping.is_set():
            return
        beat_event_loop()
        async with self._open(stop) as context:
            self._ready.set_result(context)
            await stop.wait()
            await self._finish_job()

    async def _finish_job(self) -> None:
        """Wait for the job in progress, then cancel it; it will be repeated."""
        if (job := self._job) is not None:
            await asyncio.wait({job}, timeout=JOB_DRAIN_SECONDS)
            job.cancel()


def _awaited(future: Future[T], seconds: float) -> T:
    """Wait for the loop in the main thread, which shows meanwhile that it waits and does not hang."""
    deadline = monotonic() + seconds
    while True:
        beat_main_thread()
        left = deadline - monotonic()
        done, _ = concurrent.futures.wait([future], min(max(left, 0), SIGN_SECONDS))
        if done or left <= 0:
            return future.result(0)


@dataclass
class _Current:
    """The worker process that this is."""

    process: Process | None = None


_CURRENT = _Current()


def run(work: Callable[[Context], Awaitable[T]], *, seconds: float = JOB_SECONDS) -> T:
    """For job functions: do `work` in this process's loop, with its connections, and wait for the answer.

    Args:
        work: gets the context; raises whatever should make RQ try the job again.
        seconds: after which it is cancelled.

    Raises:
        TimeoutError: it took longer.
        RuntimeError: this is no worker process.
    """
    if _CURRENT.process is None:
        raise RuntimeError("jobs run in worker processes only: python -m workers NAME")
    return _CURRENT.process.run(work, seconds=seconds)
