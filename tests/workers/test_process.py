"""A worker process keeps one loop for its jobs and ends in order.
What jobs work with says clearly what is not there.
"""

import asyncio
import gc
import os
import signal
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from domain.errors import DatabaseUnavailable
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.methods import Methods
from runtime.processes.lifecycle import Stop
from runtime.settings.settings import Settings
from storage.postgres import Database
from tests.workers.cached import facts_without_redis
from workers import process as module
from workers.process import Context, Process, run


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    """Signals and the process of this test are put back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
    module._CURRENT.process = None


def bare_context() -> Context:
    """A context whose connections are not used here."""
    return Context.__new__(Context)


class Life:
    """What is opened and closed beside the jobs."""

    def __init__(self) -> None:
        self.log_text: list[str] = []

    @asynccontextmanager
    async def open(self, _: Stop) -> AsyncIterator[Context]:
        self.log_text.append("opened")
        yield bare_context()
        self.log_text.append("closed")


def test_jobs_share_one_loop_in_another_thread_and_the_end_is_in_order() -> None:
    life = Life()
    loops = []

    async def where(_: Context) -> tuple[int, str]:
        return id(asyncio.get_running_loop()), threading.current_thread().name

    def listen(_: int, process: Process) -> None:
        loops.extend([run(where), run(where)])
        process.set()

    assert Process(life.open).serve(listen) == 0
    assert loops[0] == loops[1]
    assert loops[0][1] == "loop"
    assert life.log_text == ["opened", "closed"]


def test_a_worker_that_is_stopped_while_it_waits_for_its_servers_ends_in_order() -> None:
    waits = threading.Event()

    @asynccontextmanager
    async def open_(stop: Stop) -> AsyncIterator[Context]:
        waits.set()
        await stop.wait()
        if stop.is_set():
            raise DatabaseUnavailable("stopped while it waited for PostgreSQL")
        yield bare_context()

    def stop_it() -> None:
        waits.wait(10)
        process.set()

    process = Process(open_)
    stopper = threading.Thread(target=stop_it)
    stopper.start()
    assert process.serve(lambda *_: pytest.fail("nothing was ready")) == 0
    stopper.join()


def test_what_is_there_when_it_is_ready_is_left_out_of_garbage_collection() -> None:
    life = Life()
    assert any(one is life for one in gc.get_objects())
    Process(life.open).serve(lambda _, process: process.set())
    assert not any(one is life for one in gc.get_objects())


def test_a_job_that_takes_too_long_is_cancelled() -> None:
    ended = threading.Event()

    async def endless(_: Context) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    def listen(_: int, process: Process) -> None:
        with pytest.raises(TimeoutError):
            run(endless, seconds=0.05)
        process.set()

    assert Process(Life().open).serve(listen) == 0
    assert ended.is_set()


def test_an_error_of_a_job_reaches_the_queue() -> None:
    async def failing(_: Context) -> None:
        raise LookupError("no such question")

    def listen(_: int, process: Process) -> None:
        with pytest.raises(LookupError, match="no such question"):
            run(failing)
        process.set()

    assert Process(Life().open).serve(listen) == 0


def test_after_a_fault_it_listens_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AGAIN_SECONDS", 0.01)
    calls = []

    def listen(count: int, process: Process) -> None:
        calls.append(count)
        if count == 2:
            process.set()

    assert Process(Life().open).serve(listen) == 0
    assert calls == [0, 1, 2]


def test_a_signal_ends_it_and_the_job_in_hand_is_finished() -> None:
    finished = []

    async def slow(_: Context) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0.2)
        finished.append(True)

    def listen(_: int, process: Process) -> None:
        run(slow)
        assert process.is_set()

    assert Process(Life().open).serve(listen) == 0
    assert finished == [True]


def test_a_worker_that_hangs_after_the_stop_ends_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    codes = []
    killed = threading.Event()

    def end(code: int) -> None:
        codes.append(code)
        killed.set()

    def hang(_: int, process: Process) -> None:
        process.set()
        assert killed.wait(10)

    monkeypatch.setattr(module, "END_SECONDS", 0.01)
    monkeypatch.setattr(os, "_exit", end)
    Process(Life().open).serve(hang)
    assert codes == [3]


def test_a_start_that_fails_is_explained_in_a_sentence(caplog: pytest.LogCaptureFixture) -> None:
    class UnusableAnswer(Life):
        @asynccontextmanager
        async def open(self, _: Stop) -> AsyncIterator[Context]:
            if not self.log_text:
                raise DatabaseUnavailable("PostgreSQL does not answer")
            yield bare_context()

    assert Process(UnusableAnswer().open).serve(lambda _count, _process: None) == 1
    assert "PostgreSQL does not answer" in caplog.text
    assert "Traceback" not in caplog.text


def test_jobs_run_in_worker_processes_only() -> None:
    async def nothing(_: Context) -> None:
        return None

    with pytest.raises(RuntimeError, match="python -m workers"):
        run(nothing)


@pytest.mark.services
async def test_a_worker_without_nodes_or_queues_says_so(database: Database) -> None:
    context = Context(
        settings=Settings(),
        owner="a",
        database=database,
        telegram=Methods("1:a", "http://127.0.0.1:9"),
        cached=facts_without_redis(database),
        callbacks=Callbacks("1:a"),
    )
    context.wake()
    with pytest.raises(RuntimeError, match="RPC_URLS"):
        _ = context.nodes
    with pytest.raises(RuntimeError, match="no jobs"):
        _ = context.queues
