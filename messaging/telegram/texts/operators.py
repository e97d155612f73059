"""What operators see: /stats and /health. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.snapshot import Snapshot
from messaging.telegram.escaping import clean, escape
from messaging.telegram.texts.status import span

_MAX_NAME = 48
_MAX_SENTENCE = 200
_LIGHTS = {"healthy": "🟢", "degraded": "🟡", "unhealthy": "🔴"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the system and how it is."""

    name: str
    state: str
    """healthy, degraded or unhealthy."""
    sentence: str


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


def health_text(parts: Sequence[Part]) -> str:
    """Each part with its light."""
    worst = next(
        (state for state in ("unhealthy", "degraded") if any(p.state == state for p in parts)), "healthy"
    )
    return "\n".join([f"<b>Health: {worst}</b>", *(_part(part) for part in parts)])


def _part(part: Part) -> str:
    name, sentence = clean(part.name, limit=_MAX_NAME), clean(part.sentence, limit=_MAX_SENTENCE)
    return f"{_LIGHTS.get(part.state, '⚪')} <b>{escape(name)}</b>: {escape(sentence)}"


def _seconds(value: float | None) -> str:
    return "unknown" if value is None else span(value)


def _number(value: int | None) -> str:
    return "unknown" if value is None else f"{value:,}"
