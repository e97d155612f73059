"""How the queue of a collector is: a part of the scanner's health."""

from domain.health import CheckResult, healthy, unhealthy
from runtime.processes.health import Health
from scanner.pipeline.producer import BatchProducer

STUCK_SECONDS = 60.0


class CollectorHealth:
    """Adds the queue to what a scanner says of itself (`scanner.health.HealthPart`)."""

    def __init__(self, producer: BatchProducer) -> None:
        self._producer = producer

    def detail(self) -> dict[str, object]:
        """What the heartbeat says."""
        return {"stage": "collect", "queue": self._summary()}

    def add_checks(self, health: Health) -> None:
        """Add what /ready asks."""
        health.add("processors", self._check_processors)

    async def _check_processors(self) -> CheckResult:
        producer = self._producer
        if not producer.processors and not producer.away:
            return unhealthy("no processor is there; start a scanner with SCANNER_STAGE=process")
        if producer.oldest_seconds > STUCK_SECONDS:
            return unhealthy(f"a batch waits for {producer.oldest_seconds:.0f} s")
        return healthy(self._summary())

    def _summary(self) -> str:
        """How the queue is, for operators."""
        if self._producer.away:
            return "the queue is away, so nothing waits in it"
        size = self._producer.size
        mib = size.size_bytes / (1 << 20)
        return f"{size.batches:,} batches wait, {mib:.1f} MiB, for {self._producer.processors} processors"
