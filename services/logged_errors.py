"""What processes logged as errors, as their heartbeats name it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from domain.snapshot import LoggedError
from storage.coordination.instances import Instance


def grouped_errors(running: Sequence[Instance]) -> list[LoggedError]:
    """Errors of several processes of a program that are alike as one, the latest first."""
    groups: dict[tuple[str, str, int], LoggedError] = {}
    for instance in running:
        for one in _errors(instance):
            kind = (one.program, one.logger, one.line)
            groups[kind] = groups[kind].joined(one) if kind in groups else one
    return sorted(groups.values(), key=lambda one: -one.last_at)


def _errors(instance: Instance) -> list[LoggedError]:
    """Return what a heartbeat names; nothing of a process of another version that says it in another way."""
    try:
        return msgspec.convert(
            [{**one, "program": instance.program} for one in instance.detail.get("errors", [])],  # type: ignore[attr-defined]
            list[LoggedError],
        )
    except (msgspec.ValidationError, TypeError):
        return []
