"""A process says what it takes and what went wrong recently, from its own metrics."""

from runtime.observability import metrics
from runtime.observability.vital_signs import WINDOW_SECONDS, VitalSigns


class Signs:
    """The signs by a clock that a test moves."""

    def __init__(self) -> None:
        self.time = 0.0
        self._signs = VitalSigns(lambda: self.time)

    def after(self, seconds: float) -> dict[str, object]:
        self.time += seconds
        return self._signs.read()


def test_memory_is_that_of_the_process() -> None:
    memory = Signs().after(0)["memory"]
    assert isinstance(memory, list)
    assert memory[0] > 10 * 2**20


def test_errors_and_caches_are_those_of_the_last_minutes() -> None:
    signs = Signs()
    signs.after(0)
    metrics.log_records.labels("error").inc(3)
    metrics.log_records.labels("warning").inc(9)
    for outcome, number in (("local", 2), ("shared", 1), ("miss", 1)):
        metrics.cache_requests.labels("vital", outcome).inc(number)
    said = signs.after(10)
    assert said["errors_lately"] == 3
    assert said["caches_lately"]["vital"] == [3, 4]  # type: ignore[index]
    later = signs.after(WINDOW_SECONDS + 1)
    later = signs.after(WINDOW_SECONDS + 1)
    assert later["errors_lately"] == 0
    assert later["caches_lately"]["vital"] == [0, 0]  # type: ignore[index]
    assert later["caches"]["vital"] == (3, 4)  # type: ignore[index]


def test_nodes_and_webhook_are_said_by_who_has_them() -> None:
    metrics.rpc_connections.labels("node.example").set(9)
    metrics.rpc_connections_max.labels("node.example").set(10)
    metrics.telegram_webhook_pending.set(120)
    metrics.telegram_webhook_error_age_seconds.set(12)
    metrics.certificate_expires_seconds.set(86_400)
    said = Signs().after(0)
    assert said["rpc"]["node.example"] == [9, 10]  # type: ignore[index]
    assert (said["webhook"], said["certificate_seconds"]) == ([120, 12], 86_400)
    for gauge in (
        metrics.telegram_webhook_pending,
        metrics.telegram_webhook_error_age_seconds,
        metrics.certificate_expires_seconds,
    ):
        gauge.set(0)
    assert not {"webhook", "certificate_seconds"} & Signs().after(0).keys()
