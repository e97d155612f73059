"""Decides about one alert for one watch by the gates of its kind; each decision can be followed."""

from __future__ import annotations

from functools import cache

from prometheus_client import Counter

from domain.activity.activity import Activity
from domain.alerts.kinds import rules_of
from domain.alerts.traced import trace_of_alert
from domain.rules.decisions import Decision, Gate
from domain.rules.rules import Watch
from runtime.clock import unix
from runtime.observability import metrics
from runtime.observability.traces import Span, is_traced, record
from storage.delivery.open_alerts import Alert

_WAITED = metrics.delivery_stage_seconds.labels("decided")


@cache
def _decisions(gate: Gate) -> Counter:
    """The counter of a gate; to look it up each time takes longer than to count."""
    return metrics.decisions.labels(gate.value)


def decide(watch: Watch, alert: Alert) -> Decision:
    """The decision by the gates of the alert's kind, counted."""
    decision = rules_of(alert.event).decide(
        watch,
        alert.event,
        seen_at=alert.created_at,
        now=alert.now,
        facts=alert.facts,
        reverted=alert.reverted,
    )
    _decisions(decision.gate).inc()
    waited = (alert.now - alert.created_at).total_seconds()
    _WAITED.observe(max(0.0, waited))
    if is_traced():
        _trace(watch, alert, decision)
    return decision


def _trace(watch: Watch, alert: Alert, decision: Decision) -> None:
    """Record the way from the commit to the decision for one watch."""
    trace = trace_of_alert(alert.event, alert.alert_id)
    record(
        Span(
            trace=trace,
            name="commit to decision",
            began=alert.created_at.timestamp(),
            ended=unix(),
            number=watch.watch_id,
            is_first=not isinstance(alert.event, Activity),
            attributes={"alert": alert.alert_id, "gate": decision.gate.value},
        )
    )
