"""What operators see: /stats and /health, and what they are told unasked. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.health import CheckResult, HealthState, worst_state
from domain.snapshot import Snapshot
from messaging.telegram.escaping import clean, escape
from messaging.telegram.texts.status import span
from messaging.telegram.texts.times import time_of_day

_MAX_NAME = 48
_MAX_SENTENCE = 400
_MAX_LOSSES = 6
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A part of the system that was or is down."""

    part: str
    """Its name, as /health has it."""
    sentence: str
    """Why, and what to do."""
    since: datetime


def outage_text(outages: Sequence[Outage]) -> str:
    """What is down, unasked."""
    first = f"🔴 <b>Down: {', '.join(_name(one.part) for one in outages)}</b>"
    lines = [
        f"<b>{_name(one.part)}</b>, since {time_of_day(one.since)}: {_sentence(one.sentence)}"
        for one in outages
    ]
    return "\n".join([first, *lines, "/health shows everything"])


def recovery_text(outages: Sequence[Outage], *, now: datetime) -> str:
    """What works again, unasked."""
    lines = [
        f"{_name(one.part)}: was down for {span((now - one.since).total_seconds())},"
        f" since {time_of_day(one.since)}"
        for one in outages
    ]
    return "\n".join([f"🟢 <b>Works again: {', '.join(_name(one.part) for one in outages)}</b>", *lines])


def losses_text(losses: Mapping[str, int]) -> str:
    """What was given up since operators were last told, unasked; by what and why."""
    lines = [f"{number:,} × {_sentence(what)}" for what, number in sorted(losses.items(), key=_by_number)]
    more = [f"and {len(lines) - _MAX_LOSSES:,} more causes"] if len(lines) > _MAX_LOSSES else []
    head = f"⚠️ <b>Given up: {sum(losses.values()):,}</b>"
    return "\n".join(
        [head, *lines[:_MAX_LOSSES], *more, "/queues and /health show more, /retryfailed tries again"]
    )


def _by_number(loss: tuple[str, int]) -> tuple[int, str]:
    return -loss[1], loss[0]


def _part(name: str, result: CheckResult) -> str:
    return f"{_LIGHTS[result.state]} <b>{_name(name)}</b>: {_sentence(result.sentence)}"


def _name(part: str) -> str:
    return escape(clean(part, limit=_MAX_NAME))


def _sentence(text: str) -> str:
    """Our own words, host names among them, which `clean` would take for links."""
    return escape("".join(filter(str.isprintable, text))[:_MAX_SENTENCE])


def _seconds(value: float | None) -> str:
    return "unknown" if value is None else span(value)


def _number(value: int | None) -> str:
    return "unknown" if value is None else f"{value:,}"


def caches_text(hit_rates: Mapping[str, float | None]) -> str:
    """The caches that /clearcache takes; None: it is none of this process."""
    lines = [
        f"• <code>{escape(name)}</code>" + ("" if rate is None else f": {rate:.0%} found")
        for name, rate in hit_rates.items()
    ]
    return "\n".join(
        [
            "<b>Caches</b>",
            *lines,
            "",
            "Write it like <code>/clearcache tokens</code>. Nothing else is deleted.",
        ]
    )


def cleared_text(name: str, number: int | None) -> str:
    """A cache is empty now; None: Redis did not answer."""
    if number is None:
        return "🔴 Redis does not answer, so only this process forgot what it kept. Try again in a minute."
    return f"✅ Cleared <code>{escape(name)}</code>: {number:,} entries."
