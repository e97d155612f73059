"""What heartbeats say of processes, judged by the limits of deploy/prometheus, for the chat. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec

from domain.health import CheckResult, degraded, healthy, unhealthy
from storage.coordination.instances import Instance

T = TypeVar("T")
MANY_ERRORS = 60
"""Of one program in five minutes."""
FULL_PART = 0.9
"""Of memory, and of the requests in flight that a node may have."""
FEW_FOUND, MUCH_ASKED = 0.5, 300
"""A part of what was asked of a cache in five minutes, and so much that it counts."""
MANY_POSTS, POSTS_SECONDS = 100, 300
"""Updates that Telegram could not post, while it failed so lately."""
SHORT_CERTIFICATE = 14 * 86_400
_MIB = 2**20


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
    """What each process says of one sign; nothing of a version that says it in another way."""
    for instance in running:
        try:
            yield instance, msgspec.convert(instance.detail[sign], type_)
        except (KeyError, msgspec.ValidationError):
            continue


def _memory(running: Sequence[Instance]) -> CheckResult | None:
    said = list(_said(running, "memory", tuple[int, int]))
    if not said:
        return None
    largest, (used, _) = max(said, key=lambda one: one[1][0])
    sentence = f"the largest of {len(said)} is {largest.instance_id} with {used / _MIB:.0f} MiB"
    for instance, (used, limit) in said:
        if limit and used > FULL_PART * limit:
            return degraded(f"{instance.instance_id} has {used / _MIB:.0f} of {limit / _MIB:.0f} MiB")
    return healthy(sentence)


def _errors(running: Sequence[Instance]) -> CheckResult | None:
    counts: Counter[str] = Counter()
    for instance, number in _said(running, "errors_lately", int):
        counts[instance.program] += number
    if not counts:
        return None
    ((program, top),) = counts.most_common(1)
    if top > MANY_ERRORS:
        return degraded(f"{top:,} of {program} in five minutes: /errors")
    return healthy(f"{counts.total():,} in five minutes")


def _nodes(running: Sequence[Instance]) -> CheckResult | None:
    worst: tuple[float, str] = (-1.0, "")
    for _, nodes in _said(running, "rpc", dict[str, tuple[int, int]]):
        for name, (used, top) in nodes.items():
            if top:
                worst = max(worst, (used / top, f"{used} of {top} requests to {name} in use"))
    if not worst[1]:
        return None
    share, sentence = worst
    return (
        degraded(f"{sentence}: raise RPC_POOL_MAX, or name another node")
        if share > FULL_PART
        else healthy(sentence)
    )


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
    if poor:
        return degraded(", ".join(f"{name}: {rates[name]:.0%} found of {asked[name]:,}" for name in poor))
    return healthy(f"{found.total() / asked.total():.0%} found of {asked.total():,} in five minutes")


def _webhook(running: Sequence[Instance]) -> CheckResult | None:
    said = [pair for _, pair in _said(running, "webhook", tuple[int, int])]
    if not said:
        return None
    pending, age = max(said)
    sentence = f"{pending:,} updates wait at Telegram"
    if pending > MANY_POSTS and 0 < age < POSTS_SECONDS:
        return unhealthy(f"{sentence}, which failed to post {age} s ago. Look at nginx and the certificate")
    return healthy(sentence)


def _certificate(running: Sequence[Instance]) -> CheckResult | None:
    said = [seconds for _, seconds in _said(running, "certificate_seconds", int)]
    if not said:
        return None
    days = min(said) / 86_400
    sentence = f"ends in {days:.0f} days" if days > 0 else "has ended"
    return degraded(f"{sentence}: renew it") if min(said) < SHORT_CERTIFICATE else healthy(sentence)
