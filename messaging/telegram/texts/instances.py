"""What operators see of each process: /instances. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from messaging.telegram.escaping import escape
from messaging.telegram.texts.status import span

_LIGHTS = {"healthy": "🟢", "degraded": "🟡", "unhealthy": "🔴"}
_MAX_STATE = 120
_MAX_STATES = 20
"""Processes that are shown; more are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """One process."""

    name: str
    program: str
    health: str
    silent_seconds: float
    wallets: int | None
    """How many it watches; None: that is not its work."""
    sockets: Mapping[str, str]
    """The state of each stream, by provider."""
    shard_role: str = ""
    """How it shares the work with others; empty: it does not."""
    nodes: Mapping[str, str]
    """How each RPC provider does, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """A followed wallet of which nothing was heard."""

    address: str
    minutes: int


def instances_text(running: Sequence[Running], quiet: Sequence[Quiet], *, minutes: int | None) -> str:
    """Every process with its light; below, if asked for, the wallets silent for so many minutes."""
    lines = (
        ["<b>Instances</b>"] if running else ["<b>Instances</b>", "No program has been heard of for a day."]
    )
    for one in running[:_MAX_STATES]:
        lines += _running(one)
    if len(running) > _MAX_STATES:
        lines.append(f"… and {len(running) - _MAX_STATES} more")
    if minutes is not None:
        lines += _quiet(quiet, minutes)
    return "\n".join(lines)


def _running(one: Running) -> list[str]:
    head = f"{_LIGHTS.get(one.health, '⚪')} <b>{_escaped(one.name)}</b> {_escaped(one.program)}"
    facts = [f"heard of {span(one.silent_seconds)} ago"]
    if one.shard_role:
        facts.append(_escaped(one.shard_role))
    if one.wallets is not None:
        facts.append(f"{one.wallets:,} wallets")
    lines = [f"{head} · {' · '.join(facts)}"]
    lines += [f"   socket {_escaped(name)}: {_escaped(state)}" for name, state in one.sockets.items()]
    lines += [f"   node {_escaped(name)}: {_escaped(state)}" for name, state in one.nodes.items()]
    return lines


def _quiet(quiet: Sequence[Quiet], minutes: int) -> list[str]:
    if not quiet:
        return ["", f"No followed wallet is silent for {minutes:,} min or more."]
    return [
        "",
        f"<b>Silent for {minutes:,} min or more</b>",
        *(f"<code>{escape(one.address)}</code> {one.minutes:,} min" for one in quiet),
    ]


def _escaped(text: str) -> str:
    """Our programs' own words, host names among them, which `clean` would take for links."""
    return escape("".join(filter(str.isprintable, text))[:_MAX_STATE])
