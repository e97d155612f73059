"""What operators see of each process."""

from dataclasses import replace

import pytest

from domain.health import HealthState
from domain.instances import InstanceHealth, TradeGap
from messaging.telegram.texts.instances import instances_text

SCANNER = InstanceHealth(
    instance_id="scanner-1",
    program="scanner",
    health=HealthState.DEGRADED,
    silent_seconds=75,
    wallets=12_345,
    sockets={"node.example": "live (logs)"},
    detail={"mode": "sharded", "assignment": "works", "nodes": {"<b>node</b>": "3/10 in use"}},
)


def test_a_process_is_shown_with_its_light_its_wallets_sockets_and_nodes() -> None:
    text = instances_text([SCANNER], [], minutes=None)
    assert "🟡 <b>scanner-1</b> scanner" in text
    assert "sharded, works · 12,345 wallets" in text
    assert "socket node.example: live (logs)" in text
    assert "node &lt;b&gt;node&lt;/b&gt;: 3/10 in use" in text
    assert "ilent" not in text


def test_silent_wallets_are_listed_where_minutes_are_asked_for() -> None:
    text = instances_text([], [TradeGap(address="Whale", last_activity_at=None, minutes=1_500)], minutes=60)
    assert "No heartbeat of any program" in text
    assert "<b>Silent for 60 min or more</b>" in text
    assert "<code>Whale</code> 1,500 min" in text
    assert "No followed wallet" in instances_text([], [], minutes=60)


def test_more_processes_than_fit_are_counted() -> None:
    assert "… and 5 more" in instances_text([SCANNER] * 25, [], minutes=None)


@pytest.mark.parametrize(("nodes", "light"), [({"a": ""}, "🔴"), ({"a": "", "b": ""}, "🟡")])
def test_a_process_whose_node_does_not_answer_is_not_green_and_says_why(
    nodes: dict[str, str], light: str
) -> None:
    troubles = {"a": "HTTP 401, since 13:14 UTC; the key is refused: put a valid one into RPC_URLS"}
    detail: dict[str, object] = {"nodes": nodes, "troubles": troubles}
    text = instances_text([replace(SCANNER, health=HealthState.HEALTHY, detail=detail)], [], minutes=None)
    assert f"{light} <b>scanner-1</b>" in text
    assert "⚠️ a: HTTP 401, since 13:14 UTC; the key is refused: put a valid one into RPC_URLS" in text
