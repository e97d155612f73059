"""Texts for operators: /stats, /health, processes and what is switched off. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.health import SEVERITY, CheckResult, HealthState, healthy, worst_state
from domain.snapshot import InstanceHealth, LoggedError, Statistics, TradeGap
from messaging.telegram.escaping import clean, escape
from messaging.telegram.texts.kinds import counted
from messaging.telegram.texts.status import span
from messaging.telegram.texts.times import time_of_day

_MAX_NAME = 48
_MAX_SENTENCE = 400
_MAX_LOSSES = 6
_MAX_ERRORS = 8
_LIGHTS = {HealthState.HEALTHY: "🟢", HealthState.DEGRADED: "🟡", HealthState.UNHEALTHY: "🔴"}
_MAX_STATE = 120
_MAX_TROUBLE = 240
_MAX_PARTS = 30
"""Parts that /health shows, the worst first; more are counted."""
_MAX_STATES = 20
"""Processes that are shown; more are counted."""


OLD_SECONDS = 60.0
"""Figures are written down four times a minute; older ones say how old they are."""


def stats_text(now: Statistics) -> str:
    """All that matters in one screen, one subject a line."""
    f = now.snapshot
    return "\n".join(
        [
            "<b>Stats</b>" + (f" · ⚠️ {span(now.age_seconds)} old" if now.age_seconds > OLD_SECONDS else ""),
            f"Chats {f.chats:,} · wallets {f.wallets:,} · watches {f.watches:,}",
            (
                f"Alerts {now.alerts_per_minute:,.1f} a minute · in 24 h {f.alerts_of_day:,}"
                f" · pending {_waiting(f.alerts_open, f.oldest_open_seconds)}"
            ),
            (
                f"Messages {now.sent_per_minute:,.1f} a minute · in 24 h: sent {f.sent_of_day:,}"
                f" · failed {f.dead_of_day:,} · unconfirmed {f.ambiguous:,}"
            ),
            (
                f"Messages queued {_waiting(f.deliveries_due, f.oldest_due_seconds)}"
                f" · being sent {_waiting(f.sending, f.oldest_sending_seconds)}"
            ),
            f"Block to chat: p50 {_seconds(f.p50)} · p95 {_seconds(f.p95)}",
            (
                f"Chain: slot {_number(f.slot)} · {_number(f.slots_behind)} behind"
                f" · read {_seconds(f.feed_age_seconds)} ago"
            ),
            f"Updates waiting {f.updates_open:,} · transactions in quarantine {f.quarantined:,}",
            *_caches(now.hit_rates),
            *_programs(now.programs),
        ]
    )


def _caches(hit_rates: Mapping[str, float]) -> list[str]:
    known = [f"{escape(name)} {rate:.0%}" for name, rate in hit_rates.items()]
    return [f"Found in caches: {' · '.join(known)}"] if known else []


def _programs(programs: Mapping[str, tuple[int, int]]) -> list[str]:
    """Return how many of each program live, and how many do not."""
    if not programs:
        return []
    alive = " · ".join(f"{_escaped(name)} {number}" for name, (number, _) in programs.items() if number)
    silent = sum(number for _, number in programs.values())
    return [f"Running: {alive or 'nothing'}" + (f" · silent {silent}: /instances" if silent else "")]


def _waiting(count: int, oldest_seconds: float) -> str:
    return f"{count:,}, the oldest {span(oldest_seconds)}" if count else "0"


def health_text(results: Sequence[tuple[str, CheckResult]]) -> str:
    """Each part of the system with its light; of parts that are alike those that are well in one line."""
    worst = worst_state(result for _, result in results)
    ordered = sorted(_counted(results), key=lambda part: -SEVERITY.index(part[1].state))
    lines = [_part(name, result) for name, result in ordered[:_MAX_PARTS]]
    rest = ordered[_MAX_PARTS:]
    if rest:
        is_well = worst_state(result for _, result in rest) is HealthState.HEALTHY
        lines.append(f"… and {len(rest):,} more{', all healthy' if is_well else ''}: /instances")
    return "\n".join([f"<b>Health: {worst.value}</b>", *lines])


def _counted(results: Sequence[tuple[str, CheckResult]]) -> list[tuple[str, CheckResult]]:
    """Return the parts; of each group those that are well as one."""
    alike = [result.group if result.state is HealthState.HEALTHY else "" for _, result in results]
    single = [part for part, group in zip(results, alike, strict=True) if not group]
    well = Counter(group for group in alike if group)
    return single + [(group, healthy(f"{number:,} well: /instances")) for group, number in well.items()]


def discoveries_text(sentences: Sequence[str]) -> str:
    """Return what was discovered since operators were last told, unasked."""
    return "\n".join(["🔎 <b>Discovered</b>", *map(_sentence, sentences), "/health shows it for a week"])


def losses_text(losses: Mapping[str, int]) -> str:
    """Return what was given up since operators were last told, unasked; by what and why."""
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


def errors_text(errors: Sequence[LoggedError], *, now: float) -> str:
    """Return what processes logged as errors, one kind a line, the latest first; `now`: unix seconds."""
    if not errors:
        return "🟢 <b>No errors</b> since the programs that run were started."
    lines = [
        f"• <b>{_escaped(one.program)}</b> {span(max(0.0, now - one.last_at))} ago, × {one.count:,}:"
        f" {_escaped(one.text, limit=_MAX_TROUBLE)} <i>{_escaped(one.logger)}</i>"
        for one in errors[:_MAX_ERRORS]
    ]
    more = [f"… and {len(errors) - _MAX_ERRORS} more kinds"] if len(errors) > _MAX_ERRORS else []
    return "\n".join(["<b>Errors</b>", *lines, *more, "The logs have each with its stack."])


def limits_text(limits: Mapping[str, str], *, paused: bool) -> str:
    """Each limit with its value; `paused`: Telegram takes nothing from anybody at present."""
    lines = [f"{escape(name)}: {escape(value)}" for name, value in limits.items()]
    wait = ["⏸ Nothing is sent just now: Telegram does not answer."] if paused else []
    return "\n".join(["<b>Limits</b>", *lines, *wait])


def flags_text(off: Mapping[str, datetime], *, is_usage: bool = False) -> str:
    """Return which commands are off, and how to switch one."""
    lines = [f"• /{escape(command)} until {time_of_day(until)}" for command, until in off.items()]
    head = ["<b>Switched off</b>", *lines] if lines else ["All commands work."]
    usage = "Write <code>/flags off scan 2h</code> or <code>/flags on scan</code>; it comes back by itself."
    exempt = ["It reaches everybody within seconds; operators may still use what is off."] if lines else []
    return "\n".join([*(["That is no command to switch."] if is_usage else []), *head, "", *exempt, usage])


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


def instances_text(
    running: Sequence[InstanceHealth], quiet: Sequence[TradeGap], *, minutes: int | None
) -> str:
    """Every process with its light; below, if asked for, the wallets silent for so many minutes.

    Args:
        running: heartbeats of a day.
        quiet: wallets without an activity, the longest silent first; shown with `minutes` only.
        minutes: the silence that was asked about; None: nothing was.
    """
    lines = (
        ["<b>Instances</b>"] if running else ["<b>Instances</b>", "No heartbeat of any program for a day."]
    )
    for one in sorted(running, key=lambda one: -SEVERITY.index(_health_of(one)))[:_MAX_STATES]:
        lines += _running(one)
    if len(running) > _MAX_STATES:
        lines.append(f"… and {len(running) - _MAX_STATES} more")
    if minutes is not None:
        lines += _quiet(quiet, minutes)
    return "\n".join(lines)


def _running(one: InstanceHealth) -> list[str]:
    problems, nodes = _named(one, "problems"), _named(one, "nodes")
    head = f"{_LIGHTS[_health_of(one)]} <b>{_escaped(one.instance_id)}</b> {_escaped(one.program)}"
    facts = [f"last heartbeat {span(one.silent_seconds)} ago"]
    if isinstance(region := one.detail.get("region"), str):
        facts.append(f"region {_escaped(region)}")
    if role := _role(one):
        facts.append(_escaped(role))
    if one.wallets is not None:
        facts.append(counted(one.wallets, "wallet"))
    lines = [f"{head} · {' · '.join(facts)}"]
    lines += [f"   socket {_escaped(name)}: {_escaped(state)}" for name, state in one.sockets.items()]
    lines += [f"   node {_escaped(name)}: {_escaped(state)}" for name, state in nodes.items()]
    lines += [f"   ⚠️ {_escaped(f'{name}: {why}', limit=_MAX_TROUBLE)}" for name, why in problems.items()]
    return lines


def _health_of(one: InstanceHealth) -> HealthState:
    """Return the health of a process, with what its nodes do to it."""
    problems, nodes = _named(one, "problems"), _named(one, "nodes")
    if problems and one.health is HealthState.HEALTHY:
        return HealthState.DEGRADED if len(problems) < len(nodes) else HealthState.UNHEALTHY
    return one.health


def _role(one: InstanceHealth) -> str:
    """Return how the process shares the work with others; empty: it does not."""
    parts = (one.detail.get(name) for name in ("stage", "mode", "assignment", "reconcile", "costs", "queue"))
    return ", ".join(part for part in parts if isinstance(part, str))


def _named(one: InstanceHealth, part: str) -> dict[str, str]:
    """Return what the process says of its RPC providers, by name: their state, or why they do not answer."""
    said = one.detail.get(part)
    return {str(name): str(text) for name, text in said.items()} if isinstance(said, dict) else {}


def _quiet(quiet: Sequence[TradeGap], minutes: int) -> list[str]:
    if not quiet:
        return ["", f"No followed wallet is silent for {minutes:,} min or more."]
    return [
        "",
        f"<b>Silent for {minutes:,} min or more</b>",
        *(f"<code>{escape(one.address)}</code> {one.minutes:,} min" for one in quiet),
    ]


def _escaped(text: str, *, limit: int = _MAX_STATE) -> str:
    """Our programs' own words, host names among them, which `clean` would take for links."""
    return escape("".join(filter(str.isprintable, text))[:limit])
