"""Metrics, logs and traces of sends."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from domain.alerts.traced import trace_of_alert
from domain.delivery.deliveries import KIND_RULES, AlertContent, ClaimedDelivery, DeliveryKind
from domain.delivery.results import SendResult, SendStatus
from runtime.clock import monotonic, unix
from runtime.observability import metrics
from runtime.observability.traces import Span, is_traced, record

log = logging.getLogger(__name__)
_TELLS_AT_ONCE = frozenset({DeliveryKind.ALERT, DeliveryKind.LIVING, DeliveryKind.LIVING_EDIT})


def note_send(group: Sequence[ClaimedDelivery], result: SendResult, *, admitted_at: float) -> None:
    """Count a send and what came of it, log what failed, and let its alerts be followed.

    Args:
        group: the deliveries that one message carried.
        result: what came of it.
        admitted_at: when the limits let it go, by the monotonic clock.
    """
    if is_traced():
        _trace(group, result, admitted_at=admitted_at)
    metrics.deliveries.labels(group[0].kind.value, result.status.value).inc(len(group))
    if len(group) > 1:
        metrics.deliveries_grouped.inc(len(group))
    is_push = KIND_RULES[group[0].kind].is_push
    if result.status is SendStatus.AMBIGUOUS and not is_push:
        metrics.deliveries_ambiguous.inc(len(group))
    if result.status is not SendStatus.ACCEPTED:
        # Receivers of pushes are others' programs: that one fails is their affair, and nothing unusual.
        level = logging.INFO if is_push else logging.WARNING
        log.log(level, "Delivery %d: %s (%s)", group[0].delivery_id, result.status.value, result.reason)
        return
    now, sending = unix(), monotonic() - admitted_at
    for delivery in group:
        if delivery.kind in _TELLS_AT_ONCE and isinstance(delivery.content, AlertContent):
            _count_stages(delivery.content, now=now, sending=sending)


def _count_stages(alert: AlertContent, *, now: float, sending: float) -> None:
    """Count how long each part of the way from the block to the chat took.

    Args:
        alert: that arrived.
        now: seconds since 1970.
        sending: seconds since the limits let it go.
    """
    happened, stored = alert.happened_at.timestamp(), alert.created_at.timestamp()
    metrics.delivery_latency_seconds.observe(max(0.0, now - happened))
    metrics.delivery_stage_seconds.labels("stored").observe(max(0.0, stored - happened))
    metrics.delivery_stage_seconds.labels("admitted").observe(max(0.0, now - sending - stored))
    metrics.delivery_stage_seconds.labels("accepted").observe(sending)


def _trace(group: Sequence[ClaimedDelivery], result: SendResult, *, admitted_at: float) -> None:
    """Record of each alert how long it waited for its turn, and how long the channel took."""
    now = unix()
    admitted = now - (monotonic() - admitted_at)
    error = "" if result.status is SendStatus.ACCEPTED else result.status.value
    for one in group:
        if isinstance(one.content, AlertContent):
            trace = trace_of_alert(one.content.event, one.content.alert_id)
            stored = one.content.created_at.timestamp()
            ids = {"delivery": one.delivery_id, "alert": one.content.alert_id, "in_message": len(group)}
            for name, began, ended in (("wait for turn", stored, admitted), ("send", admitted, now)):
                record(
                    Span(
                        trace=trace,
                        name=name,
                        began=began,
                        ended=ended,
                        number=one.delivery_id,
                        attributes=ids,
                        error=error if name == "send" else "",
                    )
                )
