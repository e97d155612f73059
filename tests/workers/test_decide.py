"""A decision is counted, and a stage of its alert's trace."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.rules.gates import Decision, Gate
from domain.rules.rules import Watch
from runtime.observability.metrics import REGISTRY
from storage.delivery.open_alerts import Alert
from tests.runtime.observability.kept_spans import keep_spans
from tests.storage.sample_data import ALICE, purchase, watch_for
from workers.decide import Decider, decide

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ALERT = Alert(alert_id=17, event=purchase(), created_at=NOW - timedelta(seconds=2), now=NOW, happened_at=NOW)


def test_a_decision_is_counted_by_its_gate_and_can_be_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = keep_spans(monkeypatch)
    labels = {"gate": "wanted"}
    before = REGISTRY.get_sample_value("whale_watcher_decisions_total", labels) or 0
    watch = replace(watch_for(ALICE), watch_id=5)
    assert decide(watch, ALERT).gate.value == "wanted"
    assert REGISTRY.get_sample_value("whale_watcher_decisions_total", labels) == before + 1
    (span,) = kept.spans
    assert (span.name, span.number, span.is_first) == ("commit to decision", 5, False)
    assert span.attributes == {"alert": 17, "gate": "wanted"}


def test_alike_watches_are_decided_once_and_each_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    labels, decided = {"gate": "wanted"}, Decider()
    asked: list[int] = []

    def counted(watch: Watch, alert: Alert) -> Decision:
        asked.append(watch.watch_id)
        return Decision(gate=Gate.WANTED if alert is ALERT else Gate.REVERTED)

    monkeypatch.setattr("workers.decide._decided", counted)
    before = REGISTRY.get_sample_value("whale_watcher_decisions_total", labels) or 0
    watches = [replace(watch_for(ALICE), watch_id=number) for number in range(3)]
    muted = replace(watches[0], watch_id=7, muted_until=NOW)
    for watch in (*watches, muted):
        decided(watch, ALERT)
    assert asked == [0, 7]
    assert REGISTRY.get_sample_value("whale_watcher_decisions_total", labels) == before + 4
    assert decided(watches[0], replace(ALERT, reverted=True)).gate is Gate.REVERTED, (
        "another alert is decided anew"
    )
