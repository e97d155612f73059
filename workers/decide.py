"""Decides one alert for one watch by the gates of its kind, and traces the decision."""

from __future__ import annotations

from functools import cache

from prometheus_client import Counter

from domain.activity.activity import Activity
from domain.alerts.kinds import rules_of
from domain.alerts.traced import trace_of_alert
from domain.rules.alike import AlikeKey, alike_key
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


class Decider:
    """Decides alerts for watches, and counts the decisions; equal watches share one decision per alert."""

    __slots__ = ("_alert", "_known")

    def __init__(self) -> None:
        self._alert: Alert | None = None
        self._known: dict[AlikeKey, tuple[Decision, Watch]] = {}
        """By what watches of this alert are alike; one of them is kept, so that its key stays its own."""

    def __call__(self, watch: Watch, alert: Alert) -> Decision:
        """The decision by the gates of the alert's kind, counted."""
        decision = self._decision(watch, alert)
        _decisions(decision.gate).inc()
        waited = (alert.now - alert.created_at).total_seconds()
        _WAITED.observe(max(0.0, waited))
        if is_traced():
            _trace(watch, alert, decision)
        return decision

    def _decision(self, watch: Watch, alert: Alert) -> Decision:
        event = alert.event
        key = alike_key(watch, event, seen_at=alert.created_at) if isinstance(event, Activity) else None
        if key is None:
            return _decided(watch, alert)
        if alert is not self._alert:
            self._alert, self._known = alert, {}
        if (known := self._known.get(key)) is None:
            known = self._known[key] = (_decided(watch, alert), watch)
        return known[0]


decide = Decider()
"""Of this process."""


def _decided(watch: Watch, alert: Alert) -> Decision:
    return rules_of(alert.event).decide(
        watch,
        alert.event,
        seen_at=alert.created_at,
        now=alert.now,
        facts=alert.facts,
        reverted=alert.reverted,
    )


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
