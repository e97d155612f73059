"""What operators see of each process: /instances. Pure."""

from collections.abc import Sequence

from domain.health import HealthState
from domain.instances import InstanceHealth, TradeGap
from messaging.telegram.escaping import escape
from messaging.telegram.texts.status import span

_LIGHTS = {HealthState.HEALTHY: "🟢", HealthState.DEGRADED: "🟡", HealthState.UNHEALTHY: "🔴"}
_MAX_STATE = 120
_MAX_TROUBLE = 240
_MAX_STATES = 20
"""Processes that are shown; more are counted."""


def instances_text(
    running: Sequence[InstanceHealth], quiet: Sequence[TradeGap], *, minutes: int | None
) -> str:
    """Every process with its light; below, if asked for, the wallets silent for so many minutes."""
    lines = (
        ["<b>Instances</b>"] if running else ["<b>Instances</b>", "No heartbeat of any program for a day."]
    )
    for one in running[:_MAX_STATES]:
        lines += _running(one)
    if len(running) > _MAX_STATES:
        lines.append(f"… and {len(running) - _MAX_STATES} more")
    if minutes is not None:
        lines += _quiet(quiet, minutes)
    return "\n".join(lines)


def _running(one: InstanceHealth) -> list[str]:
    troubles = _named(one, "troubles")
    nodes = _named(one, "nodes")
    health = one.health
    if troubles and health is HealthState.HEALTHY:
        health = HealthState.DEGRADED if len(troubles) < len(nodes) else HealthState.UNHEALTHY
    head = f"{_LIGHTS[health]} <b>{_escaped(one.instance_id)}</b> {_escaped(one.program)}"
    facts = [f"last heartbeat {span(one.silent_seconds)} ago"]
    if role := _role(one):
        facts.append(_escaped(role))
    if one.wallets is not None:
        facts.append(f"{one.wallets:,} wallets")
    lines = [f"{head} · {' · '.join(facts)}"]
    lines += [f"   socket {_escaped(name)}: {_escaped(state)}" for name, state in one.sockets.items()]
    lines += [f"   node {_escaped(name)}: {_escaped(state)}" for name, state in nodes.items()]
    lines += [f"   ⚠️ {_escaped(f'{name}: {why}', limit=_MAX_TROUBLE)}" for name, why in troubles.items()]
    return lines


def _role(one: InstanceHealth) -> str:
    """How the process shares the work with others; empty: it does not."""
    parts = (one.detail.get(name) for name in ("stage", "mode", "assignment", "reconcile", "queue"))
    return ", ".join(part for part in parts if isinstance(part, str))


def _named(one: InstanceHealth, part: str) -> dict[str, str]:
    """What the process says of its RPC providers, by name: their state, or why they do not answer."""
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
