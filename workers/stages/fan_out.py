"""Fan-out: each stored alert becomes deliveries, or rows that say why not."""

from domain.alerts.kinds import rules_of
from domain.rules.decisions import Decision
from domain.rules.watches import Watch
from runtime.observability import metrics
from runtime.processes.failpoints import failpoint
from runtime.processes.lifecycle import Stop
from storage.delivery.fan_out import fan_out_next
from storage.delivery.open_alerts import Alert
from workers.stages.stage import Dispatch


async def fan_out(dispatch: Dispatch, stop: Stop) -> None:
    """Decide every open alert; senders are called after each transaction that made deliveries."""
    while not stop.is_set():
        wanted = await fan_out_next(
            dispatch.database,
            decide,
            coalesce_seconds=dispatch.config.coalesce_seconds,
            hourly_limits=dispatch.config.hourly_limits,
        )
        if wanted is None:
            return
        if wanted:
            failpoint("fanned-out")
            dispatch.due.set()


async def until_alerts(dispatch: Dispatch, seconds: float) -> None:
    """Until a scanner says that it stored alerts."""
    await dispatch.wake_ups.wait(seconds)


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
    metrics.decisions.labels(decision.gate.value).inc()
    return decision
