from __future__ import annotations

import re

from prometheus_client import REGISTRY as OF_THE_LIBRARY
from prometheus_client.parser import text_string_to_metric_families

from runtime.observability import metrics

_FORBIDDEN_LABELS = {"user", "chat", "chat_id", "wallet", "address", "url", "mint", "signature"}


def test_what_is_counted_is_exposed() -> None:
    metrics.deliveries.labels(kind="alert", status="accepted").inc()
    metrics.delivery_latency_seconds.observe(0.7)
    text = metrics.exposition().decode()
    assert 'whale_watcher_deliveries_total{kind="alert",status="accepted"}' in text
    assert 'whale_watcher_delivery_latency_seconds_bucket{le="0.75"}' in text


def test_names_follow_prometheus() -> None:
    for family in text_string_to_metric_families(metrics.exposition().decode()):
        assert re.fullmatch(r"whale_watcher_[a-z][a-z_]*[a-z]", family.name)
        assert family.documentation.endswith(".")
        if family.type == "histogram":
            assert family.name.endswith("_seconds")


def test_no_label_names_a_person_or_a_wallet() -> None:
    labels = {
        label
        for collector in metrics.REGISTRY.collect()
        for sample in collector.samples
        for label in sample.labels
    }
    assert not labels & _FORBIDDEN_LABELS


def test_the_registry_is_ours_alone() -> None:
    assert metrics.REGISTRY is not OF_THE_LIBRARY
