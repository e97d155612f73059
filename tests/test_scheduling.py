"""Who takes which test: from both ends, and what stays together to one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

import pytest

from tests.scheduling import FromBothEnds, grouped

COLLECTION = ["e2e", "services", "pure", "last"]


@dataclass(frozen=True)
class FakeGateway:
    id: str


@dataclass(eq=False)
class FakeWorker:
    """Remembers what it was given; it has begun the first test that has not ended."""

    gateway: FakeGateway
    given: list[int] = field(default_factory=list)
    shutting_down: bool = False

    def send_runtest_some(self, indices: Sequence[int]) -> None:
        assert not self.shutting_down
        self.given += indices

    def shutdown(self) -> None:
        self.shutting_down = True


def scheduled(collection: Sequence[str], workers: int = 2) -> tuple[FromBothEnds, list[FakeWorker]]:
    scheduler = FromBothEnds(workers, _no_report)
    made = [FakeWorker(FakeGateway(f"gw{number}")) for number in range(workers)]
    for worker in made:
        scheduler.add_node(worker)
    for worker in made:
        assert not scheduler.collection_is_completed
        scheduler.add_node_collection(worker, collection)
    assert scheduler.collection_is_completed
    scheduler.schedule()
    return scheduler, made


def finish(scheduler: FromBothEnds, workers: Sequence[FakeWorker]) -> dict[str, list[int]]:
    """Run everything, the processes by turns; what each has run."""
    run: dict[str, list[int]] = {worker.gateway.id: [] for worker in workers}
    while alive := [worker for worker in workers if worker in scheduler.nodes]:
        for worker in alive:
            done = run[worker.gateway.id]
            if len(done) < len(worker.given):
                done.append(worker.given[len(done)])
                scheduler.mark_test_complete(worker, done[-1])
            elif worker.shutting_down:
                assert scheduler.remove_node(worker) is None
    return run


def test_one_process_of_three_takes_from_the_back() -> None:
    scheduler, workers = scheduled([str(number) for number in range(9)], 3)
    assert [worker.given for worker in workers] == [[0, 1], [8, 7], [2, 3]]
    scheduler.mark_test_complete(workers[1], 8)
    assert workers[1].given == [8, 7, 6]


def test_each_test_runs_once() -> None:
    scheduler, workers = scheduled([str(number) for number in range(50)], 3)
    run = finish(scheduler, workers)
    assert sorted(chain.from_iterable(run.values())) == [*range(50)]
    assert scheduler.tests_finished
    assert not scheduler.has_pending


def test_what_reads_the_same_files_stays_together() -> None:
    collection = [
        "tests/a.py::a",
        "tests/architecture/b.py::b[x]",
        "tests/c.py::c",
        "tests/architecture/d.py::d",
    ]
    assert grouped(collection) == [[0], [1, 3], [2]]


def test_a_process_that_has_much_gets_more_when_it_is_nearly_done() -> None:
    scheduler, (first, _) = scheduled([f"tests/architecture/{number}" for number in range(3)] + COLLECTION)
    assert first.given == [0, 1, 2]
    scheduler.mark_test_complete(first, 0)
    assert first.given == [0, 1, 2]
    scheduler.mark_test_complete(first, 1)
    assert first.given == [0, 1, 2, 3]


def test_what_a_crashed_process_had_not_begun_goes_to_others() -> None:
    scheduler, (first, second) = scheduled([*COLLECTION, "more"])
    assert scheduler.remove_node(first) == "e2e"
    later = FakeWorker(FakeGateway("gw2"))
    scheduler.add_node(later)
    scheduler.add_node_collection(later, [*COLLECTION, "more"])
    scheduler.schedule()
    run = finish(scheduler, [second, later])
    assert sorted(chain.from_iterable(run.values())) == [1, 2, 3, 4]


def test_processes_that_collected_different_tests_run_none() -> None:
    reports: list[pytest.CollectReport] = []
    scheduler = FromBothEnds(2, reports.append)
    workers = [FakeWorker(FakeGateway(f"gw{number}")) for number in range(2)]
    for worker, collection in zip(workers, (["a"], ["b"]), strict=True):
        scheduler.add_node(worker)
        scheduler.add_node_collection(worker, collection)
    scheduler.schedule()
    assert ["Different tests were collected" in str(report.longrepr) for report in reports] == [True]
    assert [worker.given for worker in workers] == [[], []]
    assert scheduler.tests_finished
    assert all(worker.shutting_down for worker in workers)


def _no_report(report: pytest.CollectReport) -> None:
    pytest.fail(str(report.longrepr))
