"""What heartbeats say of processes, judged by the limits of deploy/prometheus, for the chat. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import msgspec

from domain.health import PROCESSES, CheckResult, degraded, healthy, unhealthy
from storage.coordination.instances import HEARTBEAT_SECONDS, Instance

T = TypeVar("T")
SILENT_SECONDS = 3 * HEARTBEAT_SECONDS
"""A program without a heartbeat for this long is unhealthy."""
MANY_ERRORS = 60
"""Of one program in five minutes."""
FULL_PART = 0.9
"""Of memory, and of the requests in flight that a node may have."""
FEW_FOUND, MUCH_ASKED = 0.5, 300
"""A part of what was asked of a cache in five minutes, and so much that it counts."""
MANY_POSTS, POSTS_SECONDS = 100, 300
"""Updates that Telegram could not post, while it failed so recently."""
SHORT_CERTIFICATE = 14 * 86_400
_MIB = 2**20


def is_silent(instance: Instance) -> bool:
    """Return whether a program has not been heard of for too long."""
    return instance.silent_seconds > SILENT_SECONDS


def heartbeat(instance: Instance) -> CheckResult:
    """One program, by its last heartbeat and what its nodes do."""
    found = _heartbeat(instance).measured(instance.silent_seconds, "seconds")
    return replace(found, group=PROCESSES)


def _heartbeat(instance: Instance) -> CheckResult:
    said = f"last heartbeat {instance.silent_seconds:.0f} s ago"
    if is_silent(instance):
        return unhealthy(f"{said}: it is gone or hangs. See its log")
    if not (known := problems(instance)):
        return healthy(said)
    said = f"{said}. {'. '.join(known)}"
    return degraded(said) if _has_other_nodes(instance, len(known)) else unhealthy(said)


def problems(instance: Instance) -> list[str]:
    """Why its nodes do not answer, each with its name."""
    known = instance.detail.get("problems")
    return [f"{name}: {why}" for name, why in known.items()] if isinstance(known, dict) else []


def _has_other_nodes(instance: Instance, troubled: int) -> bool:
    nodes = instance.detail.get("nodes")
    return isinstance(nodes, dict) and len(nodes) > troubled


def vital_checks(running: Sequence[Instance]) -> list[tuple[str, CheckResult]]:
    """Each part of which somebody has said something."""
    found = {
        "Memory": _memory(running),
        "Errors": _errors(running),
        "RPC pool": _nodes(running),
        "Caches": _caches(running),
        "Webhook": _webhook(running),
        "Certificate": _certificate(running),
    }
    return [(name, result) for name, result in found.items() if result is not None]


def _said(running: Sequence[Instance], sign: str, type_: type[T]) -> Iterator[tuple[Instance, T]]:
    """Return what each process says of one sign; nothing of a version that says it in another way."""
    for instance in running:
        try:
            yield instance, msgspec.convert(instance.detail[sign], type_)
        except (KeyError, msgspec.ValidationError):
            continue


def _memory(running: Sequence[Instance]) -> CheckResult | None:
    said = list(_said(running, "memory", tuple[int, int]))
    if not said:
        return None
    largest, (peak, _) = max(said, key=lambda one: one[1][0])
    sentence = f"the largest of {len(said)} is {largest.instance_id} with {peak / _MIB:.0f} MiB"
    for instance, (used, limit) in said:
        if limit and used > FULL_PART * limit:
            near = degraded(f"{instance.instance_id} has {used / _MIB:.0f} of {limit / _MIB:.0f} MiB")
            return near.measured(peak, "bytes")
    return healthy(sentence).measured(peak, "bytes")


def _errors(running: Sequence[Instance]) -> CheckResult | None:
    counts: Counter[str] = Counter()
    for instance, number in _said(running, "errors_lately", int):
        counts[instance.program] += number
    if not counts:
        return None
    ((program, top),) = counts.most_common(1)
    many = degraded(f"{top:,} of {program} in five minutes: /errors")
    result = many if top > MANY_ERRORS else healthy(f"{counts.total():,} in five minutes")
    return result.measured(counts.total(), "errors in five minutes")


def _nodes(running: Sequence[Instance]) -> CheckResult | None:
    worst: tuple[float, str] = (-1.0, "")
    for _, nodes in _said(running, "rpc", dict[str, tuple[int, int]]):
        for name, (used, top) in nodes.items():
            if top:
                worst = max(worst, (used / top, f"{used} of {top} requests to {name} in use"))
    if not worst[1]:
        return None
    share, sentence = worst
    full = degraded(f"{sentence}: raise RPC_POOL_MAX, or name another node")
    return (full if share > FULL_PART else healthy(sentence)).measured(share, "share in use")


def _caches(running: Sequence[Instance]) -> CheckResult | None:
    found: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for _, caches in _said(running, "caches_lately", dict[str, tuple[int, int]]):
        for name, (hits, requests) in caches.items():
            found[name] += hits
            asked[name] += requests
    rates: Mapping[str, float] = {name: found[name] / number for name, number in asked.items() if number}
    if not rates:
        return None
    poor = sorted(name for name, rate in rates.items() if rate < FEW_FOUND and asked[name] > MUCH_ASKED)
    share = found.total() / asked.total()
    result = healthy(f"{share:.0%} found of {asked.total():,} in five minutes")
    if poor:
        result = degraded(", ".join(f"{name}: {rates[name]:.0%} found of {asked[name]:,}" for name in poor))
    return result.measured(share, "share found")


def _webhook(running: Sequence[Instance]) -> CheckResult | None:
    said = [pair for _, pair in _said(running, "webhook", tuple[int, int])]
    if not said:
        return None
    pending, age = max(said)
    sentence = f"{pending:,} updates wait at Telegram"
    failing = unhealthy(f"{sentence}, which failed to post {age} s ago. Look at nginx and the certificate")
    fails = pending > MANY_POSTS and 0 < age < POSTS_SECONDS
    return (failing if fails else healthy(sentence)).measured(pending, "updates")


def _certificate(running: Sequence[Instance]) -> CheckResult | None:
    said = [seconds for _, seconds in _said(running, "certificate_seconds", int)]
    if not said:
        return None
    days = min(said) / 86_400
    sentence = f"ends in {days:.0f} days" if days > 0 else "has ended"
    result = degraded(f"{sentence}: renew it") if min(said) < SHORT_CERTIFICATE else healthy(sentence)
    return result.measured(days, "days left")
