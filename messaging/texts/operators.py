"""What operators see: /stats and /health. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from messaging.escaping import clean, escape
from messaging.texts.status import span

_LONGEST_NAME = 48
_LONGEST_SENTENCE = 200
_LIGHTS = {"healthy": "🟢", "degraded": "🟡", "unhealthy": "🔴"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The counts of /stats. None: not known, because it has not happened yet."""

    chats: int
    wallets: int
    watches: int
    alerts_of_day: int
    alerts_open: int
    deliveries_due: int
    oldest_due_seconds: float
    sent_of_day: int
    dead_of_day: int
    ambiguous: int
    updates_open: int
    quarantined: int
    slot: int | None
    feed_age_seconds: float | None
    p50: float | None
    p95: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the system and how it is."""

    name: str
    state: str
    """healthy, degraded or unhealthy."""
    sentence: str


def stats_text(figures: Figures) -> str:
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
    name, sentence = clean(part.name, most=_LONGEST_NAME), clean(part.sentence, most=_LONGEST_SENTENCE)
    return f"{_LIGHTS.get(part.state, '⚪')} <b>{escape(name)}</b>: {escape(sentence)}"


def _seconds(value: float | None) -> str:
    return "unknown" if value is None else span(value)


def _number(value: int | None) -> str:
    return "unknown" if value is None else f"{value:,}"
