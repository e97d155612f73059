"""What operators see: /stats and /health. Pure."""

from collections.abc import Sequence

from domain.health import CheckResult, HealthState, worst_state
from domain.snapshot import Snapshot
from messaging.telegram.escaping import clean, escape
from messaging.telegram.texts.status import span

_MAX_NAME = 48
_MAX_SENTENCE = 400
_LIGHTS = {HealthState.HEALTHY: "🟢", HealthState.DEGRADED: "🟡", HealthState.UNHEALTHY: "🔴"}


def stats_text(figures: Snapshot) -> str:
    """All counts, one subject a line."""
    f = figures
    return "\n".join(
        [
            "<b>Stats</b>",
            f"Chats {f.chats:,} · wallets {f.wallets:,} · watches {f.watches:,}",
            f"Alerts in 24 h {f.alerts_of_day:,} · pending {_waiting(f.alerts_open, f.oldest_open_seconds)}",
            (
                f"Messages in 24 h: sent {f.sent_of_day:,} · failed {f.dead_of_day:,}"
                f" · unconfirmed {f.ambiguous:,}"
            ),
            (
                f"Messages queued {_waiting(f.deliveries_due, f.oldest_due_seconds)}"
                f" · being sent {_waiting(f.sending, f.oldest_sending_seconds)}"
            ),
            f"Alert to chat: p50 {_seconds(f.p50)} · p95 {_seconds(f.p95)}",
            f"Chain: slot {_number(f.slot)} · read {_seconds(f.feed_age_seconds)} ago",
            f"Updates waiting {f.updates_open:,} · transactions in quarantine {f.quarantined:,}",
        ]
    )


def _waiting(count: int, oldest_seconds: float) -> str:
    return f"{count:,}, the oldest {span(oldest_seconds)}" if count else "0"


def health_text(results: Sequence[tuple[str, CheckResult]]) -> str:
    """Each part of the system with its light."""
    worst = worst_state(result for _, result in results)
    return "\n".join([f"<b>Health: {worst.value}</b>", *(_part(name, result) for name, result in results)])


def _part(name: str, result: CheckResult) -> str:
    sentence = escape("".join(filter(str.isprintable, result.sentence))[:_MAX_SENTENCE])  # names hosts
    return f"{_LIGHTS[result.state]} <b>{escape(clean(name, limit=_MAX_NAME))}</b>: {sentence}"


def _seconds(value: float | None) -> str:
    return "unknown" if value is None else span(value)


def _number(value: int | None) -> str:
    return "unknown" if value is None else f"{value:,}"
