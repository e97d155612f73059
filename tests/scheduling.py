"""Which process of a run takes which test.

Tests that wait for something stand first in the collection, tests that only compute stand last. Two processes
of three take from the front, one from the back: so somebody computes while others wait, from the first minute
to the last, and what is left when they meet is short. Who computes gives way to those who keep to a time.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

import pytest
from xdist.report import report_collection_diff

TOGETHER = (
    "tests/architecture/",
    "tests/deployment/test_engine.py",
    "tests/sandbox/actors/test_decoded_operations.py",
    "tests/sandbox/actors/test_simulation.py",
)
"""Tests of the same files, simulation or image: one process runs all of a folder or module."""
GIVES_WAY = 5
"""The nice value of a process that begins with what only computes: others get three times its share."""
_PER_NODE = 2
"""Tests that a process has: it begins one when it knows the next, whose fixtures it may then keep."""
_THIRD = 3
"""One process of so many takes from the back, and of two also one."""


class Gateway(Protocol):
    """What the scheduler uses of the connection to a process."""

    @property
    def id(self) -> str: ...


class Worker(Protocol):
    """What the scheduler uses of xdist's WorkerController."""

    @property
    def gateway(self) -> Gateway: ...

    @property
    def shutting_down(self) -> bool: ...

    def send_runtest_some(self, indices: Sequence[int]) -> None: ...

    def shutdown(self) -> None: ...


class FromBothEnds:
    """A scheduler of pytest-xdist.

    Args:
        workers: how many processes there are.
        report: hears that two of them collected different tests, and then none is run.
    """

    def __init__(self, workers: int, report: Callable[[pytest.CollectReport], None]) -> None:
        self._workers = workers
        self._report = report
        self._collections: dict[Worker, Sequence[str]] = {}
        self._pending: dict[Worker, list[int]] = {}
        """What each process has to run, in that order."""
        self._units: deque[list[int]] | None = None
        """What nobody has yet: single tests, and groups; None before all have collected."""

    @property
    def nodes(self) -> list[Worker]:
        """The processes that live."""
        return list(self._pending)

    @property
    def collection_is_completed(self) -> bool:
        """Whether all have collected."""
        return len(self._collections) >= self._workers

    @property
    def tests_finished(self) -> bool:
        """Whether each process has its last test, or none."""
        return self._units == deque() and all(len(pending) < _PER_NODE for pending in self._pending.values())

    @property
    def has_pending(self) -> bool:
        """Whether there is anything left to run."""
        return bool(self._units or any(self._pending.values()))

    def add_node(self, node: Worker) -> None:
        """A process is there."""
        self._pending[node] = []

    def add_node_collection(self, node: Worker, collection: Sequence[str]) -> None:
        """It has collected."""
        self._collections[node] = collection

    def schedule(self) -> None:
        """Give everybody something, when all have collected and when a process came later."""
        if self._units is None:
            if not self._is_same_everywhere():
                self._units = deque()  # the run ends, and the report makes it fail
                for node in self.nodes:
                    node.shutdown()
                return
            self._units = deque(grouped(next(iter(self._collections.values()))))
        for node in self.nodes:
            self._top_up(node)

    def mark_test_complete(self, node: Worker, item_index: int, duration: float = 0) -> None:
        """A test has ended."""
        del duration
        self._pending[node].remove(item_index)
        self._top_up(node)

    def mark_test_pending(self, item: str) -> None:
        """Nobody asks for it: no test is run twice."""
        raise NotImplementedError

    def remove_pending_tests_from_node(self, node: Worker, indices: Sequence[int]) -> None:
        """Nobody asks for it: nobody takes tests away from a process."""
        raise NotImplementedError

    def remove_node(self, node: Worker) -> str | None:
        """A process has ended; the test in which it crashed. What it had not begun goes to others."""
        pending = self._pending.pop(node)
        if self._units is not None:
            self._units.extendleft([index] for index in pending[1:])
        for other in self.nodes:
            self._top_up(other)
        return self._collections[node][pending[0]] if pending else None

    def _top_up(self, node: Worker) -> None:
        """Give it what it may have; let it end where that is all."""
        if node.shutting_down:
            return
        while self._units and len(self._pending[node]) < _PER_NODE:
            self._give(node, self._units.pop() if takes_from_back(node.gateway.id) else self._units.popleft())
        if not self._units:
            node.shutdown()

    def _give(self, node: Worker, unit: Sequence[int]) -> None:
        self._pending[node] += unit
        node.send_runtest_some(unit)

    def _is_same_everywhere(self) -> bool:
        (first, expected), *others = self._collections.items()
        for node, collection in others:
            difference = report_collection_diff(expected, collection, first.gateway.id, node.gateway.id)
            if difference is not None:
                report = pytest.CollectReport(
                    nodeid=node.gateway.id, outcome="failed", longrepr=difference, result=[]
                )
                self._report(report)
                return False
        return True


def takes_from_back(worker: str) -> bool:
    """Return whether the process with this name, as `gw1`, takes the tests that only compute."""
    return int(worker.removeprefix("gw")) % _THIRD == 1


def only_computes(test: pytest.Item) -> bool:
    """Return whether a test waits for nobody, and may give way to those that keep to a time."""
    return not any(test.get_closest_marker(name) for name in ("e2e", "services"))


def grouped(collection: Sequence[str]) -> list[list[int]]:
    """The numbers of the tests, those together that stay together, in the order of the first."""
    units: dict[str, list[int]] = {}
    for number, name in enumerate(collection):
        folder = next((folder for folder in TOGETHER if name.startswith(folder)), name)
        units.setdefault(folder, []).append(number)
    return list(units.values())
