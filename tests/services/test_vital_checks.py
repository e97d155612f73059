"""What heartbeats say is judged as Prometheus would judge it; what nobody says is no part."""

from datetime import UTC, datetime

import pytest

from services.vital_checks import vital_checks
from storage.coordination.instances import Instance

AT = datetime(2026, 11, 29, tzinfo=UTC)
MIB = 2**20
HEALTHY = {
    "memory": [100 * MIB, 256 * MIB],
    "errors_lately": 1,
    "rpc": {"node.example": [3, 10], "spare.example": [0, 0]},
    "caches_lately": {"tokens": [90, 100]},
    "webhook": [3, 0],
    "certificate_seconds": 60 * 86_400,
}


def process(name: str = "bot-1", /, **signs: object) -> Instance:
    return Instance(
        instance_id=name,
        program=name.partition("-")[0],
        started_at=AT,
        heartbeat_at=AT,
        silent_seconds=1.0,
        detail={**signs},
    )


def test_a_process_that_says_all_is_well_is_healthy_in_each_part() -> None:
    found = dict(vital_checks([process(**HEALTHY)]))
    assert {name: one.state.value for name, one in found.items()} == dict.fromkeys(
        ("Memory", "Errors", "RPC pool", "Caches", "Webhook", "Certificate"), "healthy"
    )
    assert found["Memory"].sentence == "the largest of 1 is bot-1 with 100 MiB"
    assert found["RPC pool"].sentence == "3 of 10 requests to node.example in use"
    assert found["Certificate"].sentence == "ends in 60 days"
    assert {name: (one.figure, one.unit) for name, one in found.items()} == {
        "Memory": (100 * MIB, "bytes"),
        "Errors": (1, "errors in five minutes"),
        "RPC pool": (0.3, "share in use"),
        "Caches": (0.9, "share found"),
        "Webhook": (3, "updates"),
        "Certificate": (60, "days left"),
    }


def test_what_nobody_says_or_says_in_another_way_is_no_part() -> None:
    assert vital_checks([]) == []
    assert vital_checks([process(memory="much", errors_lately=None, rpc=[1], webhook={"a": 1})]) == []


@pytest.mark.parametrize(
    ("name", "sign", "state", "words"),
    [
        ("Memory", {"memory": [240 * MIB, 256 * MIB]}, "degraded", "bot-1 has 240 of 256 MiB"),
        ("Errors", {"errors_lately": 61}, "degraded", "61 of bot in five minutes"),
        ("RPC pool", {"rpc": {"n": [10, 10]}}, "degraded", "10 of 10 requests to n in use"),
        ("Caches", {"caches_lately": {"scans": [100, 400]}}, "degraded", "scans: 25% found of 400"),
        ("Caches", {"caches_lately": {"scans": [1, 40]}}, "healthy", "2% found of 40"),
        ("Webhook", {"webhook": [101, 20]}, "unhealthy", "101 updates wait at Telegram"),
        ("Webhook", {"webhook": [101, 400]}, "healthy", "101 updates"),
        ("Certificate", {"certificate_seconds": 86_400}, "degraded", "ends in 1 days: renew it"),
        ("Certificate", {"certificate_seconds": -5}, "degraded", "has ended"),
    ],
)
def test_each_limit_is_seen(name: str, sign: dict[str, object], state: str, words: str) -> None:
    found = dict(vital_checks([process(**sign)]))[name]
    assert found.state.value == state
    assert words in found.sentence


def test_errors_of_a_program_add_up_over_its_processes() -> None:
    found = dict(vital_checks([process("bot-1", errors_lately=31), process("bot-2", errors_lately=31)]))
    assert "62 of bot" in found["Errors"].sentence
