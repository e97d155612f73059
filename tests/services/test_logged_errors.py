"""Errors of processes of a program that are alike are one."""

from datetime import UTC, datetime

from services.logged_errors import grouped_errors
from storage.coordination.instances import Instance

AT = datetime(2026, 11, 29, tzinfo=UTC)


def process(name: str, **error: object) -> Instance:
    one = {"logger": "a", "line": 1, "text": "no", "count": 2, "first_at": 1.0, "last_at": 9.0, **error}
    return Instance(
        instance_id=name,
        program="bot",
        started_at=AT,
        heartbeat_at=AT,
        silent_seconds=1.0,
        detail={"errors": [one]},
    )


def test_what_is_alike_adds_up_and_the_latest_comes_first() -> None:
    found = grouped_errors([process("bot-1"), process("bot-2", last_at=12.0), process("bot-3", line=2)])
    assert [(one.line, one.count, one.last_at) for one in found] == [(1, 4, 12.0), (2, 2, 9.0)]


def test_what_another_version_says_in_another_way_is_left_out() -> None:
    assert grouped_errors([process("bot-1", count="many")]) == []
