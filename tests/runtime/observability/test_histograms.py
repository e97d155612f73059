"""A histogram keeps what it observes until it is read, and then shows what prometheus_client's shows."""

import threading

import pytest
from prometheus_client import CollectorRegistry, Histogram, generate_latest

from runtime.observability.histograms import MAX_PENDING, BufferedHistogram

BOUNDS = (0.1, 1.0, 10.0)
VALUES = [0.05, 0.1, 0.5, 1.0, 5.0, 11.0, 0.0]


def made(kind: type[Histogram]) -> tuple[CollectorRegistry, Histogram]:
    registry = CollectorRegistry(auto_describe=False)
    return registry, kind("took_seconds", "Time.", ("what",), registry=registry, buckets=BOUNDS)


def rendered(registry: CollectorRegistry) -> str:
    lines = generate_latest(registry).decode().splitlines()
    return "\n".join(line for line in lines if "_created" not in line)


def test_it_shows_the_same_as_the_librarys_own() -> None:
    ours, theirs = made(BufferedHistogram), made(Histogram)
    for registry, histogram in (ours, theirs):
        for value in VALUES:
            histogram.labels("a").observe(value)
        histogram.labels("b").observe(2.0)
        assert registry.get_sample_value("took_seconds_count", {"what": "a"}) == len(VALUES)
        histogram.labels("a").observe(0.25)  # after it was read
    assert rendered(ours[0]) == rendered(theirs[0])


def test_what_is_kept_is_bounded() -> None:
    registry, histogram = made(BufferedHistogram)
    child = histogram.labels("a")
    for _ in range(3 * MAX_PENDING + 7):
        child.observe(0.5)
    assert isinstance(child, BufferedHistogram)
    assert len(child._pending) == 7
    assert registry.get_sample_value("took_seconds_count", {"what": "a"}) == 3 * MAX_PENDING + 7
    assert registry.get_sample_value("took_seconds_sum", {"what": "a"}) == 0.5 * (3 * MAX_PENDING + 7)


def test_nothing_is_lost_among_threads() -> None:
    registry, histogram = made(BufferedHistogram)
    child = histogram.labels("a")

    def feed() -> None:
        for _ in range(5_000):
            child.observe(0.5)

    threads = [threading.Thread(target=feed) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        rendered(registry)
    for thread in threads:
        thread.join()
    assert registry.get_sample_value("took_seconds_bucket", {"what": "a", "le": "1.0"}) == 20_000


def test_an_exemplar_is_refused() -> None:
    _, histogram = made(BufferedHistogram)
    with pytest.raises(ValueError, match="no exemplars"):
        histogram.labels("a").observe(0.5, {"trace": "1"})
