"""What operators see: /stats and /health. Pure."""

from collections.abc import Sequence

from domain.health import CheckResult, HealthState, worst_state
from domain.snapshot import Snapshot
from messaging.telegram.escaping import clean, escape
from messaging.telegram.texts.status import span

_MAX_NAME = 48
_MAX_SENTENCE = 200
_LIGHTS = {HealthState.HEALTHY: "🟢", HealthState.DEGRADED: "🟡", HealthState.UNHEALTHY: "🔴"}


def stats_text(figures: Snapshot) -> str:
    """All counts, one subject a line."""
    f = figures
    return "\n".join(
        [
            "<b>Stats</b>",
            f"Chats {f.chats:,} · wallets {f.wallets:,} · watches {f.watches:,}",
            f"Alerts in 24 h {f.alerts_of_day:,} · not decided yet {f.alerts_open:,}",
            f"Messages in 24 h: sent {f.sent_of_day:,} · dead {f.dead_of_day:,} · unsure {f.ambiguous:,}",
            f"Messages waiting {f.deliveries_due:,} · oldest {span(f.oldest_due_seconds)}",
            f"Alert to chat: p50 {_seconds(f.p50)} · p95 {_seconds(f.p95)}",
            f"Chain: slot {_number(f.slot)} · read {_seconds(f.feed_age_seconds)} ago",
            f"Updates waiting {f.updates_open:,} · transactions in quarantine {f.quarantined:,}",
        ]
    )


def health_text(results: Sequence[tuple[str, CheckResult]]) -> str:
    """Each part of the system with its light."""
    worst = worst_state(result for _, result in results)
    return "\n".join([f"<b>Health: {worst.value}</b>", *(_part(name, result) for name, result in results)])


def _part(name: str, result: CheckResult) -> str:
    sentence = escape(clean(result.sentence, limit=_MAX_SENTENCE))
    return f"{_LIGHTS[result.state]} <b>{escape(clean(name, limit=_MAX_NAME))}</b>: {sentence}"


def _seconds(value: float | None) -> str:
    return "unknown" if value is None else span(value)


def _number(value: int | None) -> str:
    return "unknown" if value is None else f"{value:,}"
