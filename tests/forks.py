"""Runs tests in forks of a process that has collected them: `--forks 4`.

Each process of pytest-xdist imports every test and what it needs, and collects all: ten seconds of processor
in each. A fork begins behind that. It takes its tests from `FromBothEnds`, as a process of pytest-xdist does,
and has servers, temporary files and captured output of its own. A warning is an error there, or is not shown.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from typing import Any, NoReturn

import pytest
from _pytest._io import TerminalWriter

from tests.scheduling import GIVES_WAY, FromBothEnds, only_computes, takes_from_back

_FAILED = 1


@dataclass(frozen=True)
class Named:
    """What the scheduler wants to know of a fork."""

    id: str


@dataclass(eq=False)
class Fork:
    """A process that runs tests, as its parent sees it."""

    gateway: Named
    pid: int
    connection: Connection[Any, Any]
    """Takes the numbers of some tests, of none at the end; gives each number back, with its reports.

    All of a unit come at once, and no more than two units wait: neither side waits until the other reads.
    """
    shutting_down: bool = False

    def send_runtest_some(self, indices: Sequence[int]) -> None:
        """Let it run these after what it has."""
        self._send(tuple(indices))

    def shutdown(self) -> None:
        """Let it end after what it has."""
        self.shutting_down = True
        self._send(())

    def ended(self) -> tuple[int, Sequence[Mapping[str, Any]]] | None:
        """The test that has ended, with its reports; None: it has ended itself."""
        try:
            index, reports = self.connection.recv()
        except (EOFError, ConnectionResetError):
            return None
        return index, reports

    def _send(self, indices: tuple[int, ...]) -> None:
        with suppress(BrokenPipeError):  # it has crashed, which is seen where it is read
            self.connection.send(indices)


class Forks:
    """A plugin of pytest that runs the loop of tests.

    Args:
        count: of processes.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._forks: list[Fork] = []
        self._begun = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Run all tests, or leave it to pytest to say why not."""
        if session.testsfailed or session.config.option.collectonly:
            return None
        scheduler = FromBothEnds(self._count, _never)
        # Each fork captures by itself: into one file they would write over each other.
        capture: Any = session.config.pluginmanager.getplugin("capturemanager")
        capture.stop_global_capturing()
        files: Any = session.config
        files._tmp_path_factory.getbasetemp()
        try:
            for _ in range(min(self._count, len(session.items))):
                self._begin(session, scheduler)
            scheduler.schedule()
            while self._forks:
                for connection in wait([fork.connection for fork in self._forks]):
                    fork = next(fork for fork in self._forks if fork.connection is connection)
                    self._listen(session, scheduler, fork)
        finally:
            self._end()
            capture.start_global_capturing()
            capture.suspend_global_capture()
        return True

    def _begin(self, session: pytest.Session, scheduler: FromBothEnds) -> None:
        ours, theirs = Pipe()
        name = f"gw{self._begun}"
        sys.stdout.flush()
        pid = os.fork()
        if not pid:
            ours.close()
            for other in self._forks:
                other.connection.close()
            _run(session, name, theirs)
        theirs.close()
        self._begun += 1
        fork = Fork(Named(name), pid, ours)
        self._forks.append(fork)
        scheduler.add_node(fork)
        scheduler.add_node_collection(fork, [item.nodeid for item in session.items])

    def _listen(self, session: pytest.Session, scheduler: FromBothEnds, fork: Fork) -> None:
        """Take one test that has ended, or the end of the fork."""
        ended = fork.ended()
        if ended is None:
            self._bury(session, scheduler, fork)
            return
        index, reports = ended
        _report(session, session.items[index], reports)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
        scheduler.mark_test_complete(fork, index)

    def _bury(self, session: pytest.Session, scheduler: FromBothEnds, fork: Fork) -> None:
        """Report what ended before its time; another fork does what is left."""
        self._forks.remove(fork)
        fork.connection.close()
        _, status = os.waitpid(fork.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        crashed = scheduler.remove_node(fork)
        if crashed is not None:
            item = next(item for item in session.items if item.nodeid == crashed)
            _report(session, item, [_crash(session, item, code)])
            self._begin(session, scheduler)
            scheduler.schedule()
        elif code:
            raise session.Failed(f"{fork.gateway.id} ended with {code} after its last test; see above.")

    def _end(self) -> None:
        """End what still runs, since the run was stopped."""
        for fork in self._forks:
            os.kill(fork.pid, signal.SIGTERM)
        for fork in self._forks:
            os.waitpid(fork.pid, 0)


class Reports:
    """A plugin that keeps what is reported of one test, as it can be sent.

    Args:
        config: of the run.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._kept: list[Mapping[str, Any]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep it."""
        self._kept.append(_sendable(self._config, report))

    def taken(self) -> list[Mapping[str, Any]]:
        """What there is; then there is nothing."""
        kept, self._kept = self._kept, []
        return kept


class Captured:
    """Stands where plugins expect the terminal: what they write there, as of a timeout, is in the report."""

    def __init__(self) -> None:
        self._tw = TerminalWriter(sys.stderr)


def _run(session: pytest.Session, name: str, connection: Connection[Any, Any]) -> NoReturn:
    """Be a fork until its tests are done."""
    capture: Any = session.config.pluginmanager.getplugin("capturemanager")
    try:
        capture.start_global_capturing()
        _become_worker(session.config, name)
        if takes_from_back(name) and only_computes(session.items[-1]):
            os.nice(GIVES_WAY)
        _run_tests(session, connection)
    except (EOFError, KeyboardInterrupt):
        os._exit(_FAILED)  # the run was stopped
    except BaseException:  # noqa: BLE001 - what called this belongs to the parent
        capture.stop_global_capturing()
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(_FAILED)
    os._exit(0)


def _become_worker(config: pytest.Config, name: str) -> None:
    """Leave to the parent what the parent does; plugins know a worker by these names of pytest-xdist."""
    own: Any = config
    own.workerinput = {"workerid": name}
    os.environ["PYTEST_XDIST_WORKER"] = name
    config.pluginmanager.unregister(name="terminalreporter")
    config.pluginmanager.register(Captured(), "terminalreporter")
    of_parent = own._tmp_path_factory
    own._tmp_path_factory = pytest.TempPathFactory(
        of_parent.getbasetemp() / name,
        of_parent._retention_count,
        of_parent._retention_policy,
        of_parent._trace,
        _ispytest=True,
    )


def _run_tests(session: pytest.Session, connection: Connection[Any, Any]) -> None:
    config: Any = session.config
    reports = Reports(config)
    config.pluginmanager.register(reports)
    indices = _received(connection)
    index = next(indices, None)
    while index is not None:
        following = next(indices, None)
        nextitem = None if following is None else session.items[following]
        config.hook.pytest_runtest_protocol(item=session.items[index], nextitem=nextitem)
        connection.send((index, reports.taken()))
        index = following
    config.hook.pytest_sessionfinish(session=session, exitstatus=0)
    config._ensure_unconfigure()


def _received(connection: Connection[Any, Any]) -> Iterator[int]:
    while indices := connection.recv():
        yield from indices


def _sendable(config: pytest.Config, report: pytest.TestReport) -> Mapping[str, Any]:
    sendable: Mapping[str, Any] = config.hook.pytest_report_to_serializable(config=config, report=report)
    return sendable


def _report(session: pytest.Session, item: pytest.Item, reports: Sequence[Mapping[str, Any]]) -> None:
    """Report a test as if it had run in this process."""
    hook = item.ihook
    hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for data in reports:
        report = hook.pytest_report_from_serializable(config=session.config, data=dict(data))
        hook.pytest_runtest_logreport(report=report)
    hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)


def _crash(session: pytest.Session, item: pytest.Item, code: int) -> Mapping[str, Any]:
    text = f"The process that ran it ended with {code}."
    report = pytest.TestReport(item.nodeid, item.location, {}, "failed", text, "call")
    return _sendable(session.config, report)


def _never(report: pytest.CollectReport) -> None:
    raise AssertionError(report)  # all forks have one collection
