"""What operators see, of the system and of each process."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.health import HealthState, degraded, healthy, unhealthy
from domain.snapshot import InstanceHealth, Snapshot, Statistics, TradeGap
from messaging.telegram.escaping import plain
from messaging.telegram.texts.operators import (
    flags_text,
    health_text,
    instances_text,
    limits_text,
    losses_text,
    stats_text,
)

NOTHING = Snapshot(
    chats=1_000,
    wallets=0,
    watches=0,
    alerts_of_day=0,
    alerts_open=0,
    oldest_open_seconds=0.0,
    deliveries_due=0,
    oldest_due_seconds=0.0,
    sending=0,
    oldest_sending_seconds=0.0,
    sent_of_day=0,
    dead_of_day=0,
    ambiguous=0,
    updates_open=0,
    quarantined=0,
    slot=None,
    feed_age_seconds=None,
    p50=None,
    p95=None,
)
SCANNER = InstanceHealth(
    instance_id="scanner-1",
    program="scanner",
    health=HealthState.DEGRADED,
    silent_seconds=75,
    wallets=12_345,
    sockets={"node.example": "live (logs)"},
    detail={"mode": "sharded", "assignment": "works", "nodes": {"<b>node</b>": "3/10 in use"}},
)


def test_what_has_not_happened_is_unknown() -> None:
    text = stats_text(Statistics(snapshot=NOTHING))
    assert "Chats 1,000" in text
    assert "p50 unknown" in text
    assert "slot unknown" in text


def test_each_stage_has_its_count_and_its_age() -> None:
    figures = replace(
        NOTHING,
        alerts_open=9,
        oldest_open_seconds=80.0,
        deliveries_due=3,
        oldest_due_seconds=4.0,
        sending=1,
        oldest_sending_seconds=30.0,
    )
    text = stats_text(Statistics(snapshot=figures))
    assert "pending 9, the oldest 80 s" in text
    assert "Messages queued 3, the oldest 4 s · being sent 1, the oldest 30 s" in text
    assert "Messages queued 0 · being sent 0" in stats_text(Statistics(snapshot=NOTHING))


def test_one_screen_says_what_runs_what_caches_find_and_how_far_the_chain_is() -> None:
    figures = replace(NOTHING, slot=341_220_118, slots_behind=3, feed_age_seconds=0.5, p50=1.5, p95=4.0)
    now = Statistics(
        snapshot=figures,
        alerts_per_minute=1.25,
        sent_per_minute=1_200,
        programs={"bot": (0, 1), "scanner": (1, 0)},
        hit_rates={"tokens": 0.9},
    )
    lines = plain(stats_text(now)).splitlines()
    assert "Found in caches: tokens 90%" in lines
    assert "Running: scanner 1 · silent 1: /instances" in lines
    assert any(line.startswith("Chain: slot 341,220,118 · 3 behind") for line in lines)
    assert any(line.startswith("Block to chat: p50") for line in lines)
    assert any(line.startswith("Messages 1,200.0 a minute") for line in lines)
    assert len(lines) <= 12
    assert lines[0] == "Stats"


def test_old_figures_say_how_old_they_are() -> None:
    assert "⚠️ 5 min old" in stats_text(Statistics(snapshot=NOTHING, age_seconds=300))


def test_limits_say_what_they_are_and_who_comes_next() -> None:
    text = plain(limits_text({"Messages a second": "27", "Wallets of a chat": "free 500"}, paused=True))
    assert text.splitlines() == [
        "Limits",
        "Messages a second: 27",
        "Wallets of a chat: free 500",
        "⏸ Nothing is sent just now: Telegram does not answer.",
    ]
    assert "⏸" not in limits_text({}, paused=False)


def test_a_cause_names_its_host_and_its_cure() -> None:
    why = "rpc.example.org: HTTP 401, since 13:14 UTC; put a valid key into RPC_URLS. /retryfailed"
    assert why in health_text([("Chain", unhealthy(why))])


def test_the_worst_part_names_the_whole() -> None:
    results = [("a", healthy("answers")), ("b", degraded("<x>"))]
    text = health_text(results)
    assert text.startswith("<b>Health: degraded</b>")
    assert "🟡 <b>b</b>: &lt;x&gt;" in text
    assert health_text([]).startswith("<b>Health: healthy</b>")


def test_the_worst_parts_stand_first_and_of_very_many_the_healthy_ones_are_counted() -> None:
    results = [(f"bot bot-{number}", healthy("here")) for number in range(80)]
    results += [("Deliveries", degraded("late")), ("Chain", unhealthy("stopped"))]
    lines = plain(health_text(results)).splitlines()
    assert lines[:4] == [
        "Health: unhealthy",
        "🔴 Chain: stopped",
        "🟡 Deliveries: late",
        "🟢 bot bot-0: here",
    ]
    assert lines[-1] == "… and 52 more, all healthy: /instances"
    all_ill = plain(health_text([(f"bot bot-{number}", unhealthy("gone")) for number in range(31)]))
    assert all_ill.splitlines()[-1] == "… and 1 more: /instances"


def test_processes_that_are_well_are_one_line_and_an_ill_one_has_its_own() -> None:
    beats = [(f"bot bot-{number}", replace(healthy("here"), group="Processes")) for number in range(80)]
    gone = ("web web-1", replace(unhealthy("gone"), group="Processes"))
    lines = plain(health_text([*beats, gone, ("Chain", healthy("read"))])).splitlines()
    assert lines == [
        "Health: unhealthy",
        "🔴 web web-1: gone",
        "🟢 Chain: read",
        "🟢 Processes: 80 well: /instances",
    ]


def test_what_is_switched_off_is_listed_with_whom_it_spares() -> None:
    assert "operators may still use" not in flags_text({})
    assert "operators may still use" in flags_text({"scan": datetime(2026, 11, 29, 3, 0, tzinfo=UTC)})


def test_what_was_given_up_is_named_by_number_and_the_rest_counted() -> None:
    text = losses_text({f"messages (<cause {number}>)": number for number in range(1, 10)})
    lines = plain(text).splitlines()
    assert lines[:2] == ["⚠️ Given up: 45", "9 × messages (<cause 9>)"]
    assert lines[-2:] == [
        "and 3 more causes",
        "/queues and /health show more, /retryfailed tries again",
    ]


def test_a_process_is_shown_with_its_light_its_wallets_sockets_and_nodes() -> None:
    text = instances_text([SCANNER], [], minutes=None)
    assert "🟡 <b>scanner-1</b> scanner" in text
    assert "sharded, works · 12,345 wallets" in text
    assert " 1 wallet\n" in instances_text([replace(SCANNER, wallets=1)], [], minutes=None)
    assert "socket node.example: live (logs)" in text
    assert "node &lt;b&gt;node&lt;/b&gt;: 3/10 in use" in text
    assert "ilent" not in text
    assert "region" not in text
    fra = replace(SCANNER, detail={**SCANNER.detail, "region": "fra<1"})
    assert "region fra&lt;1 · sharded" in instances_text([fra], [], minutes=None)


def test_silent_wallets_are_listed_where_minutes_are_asked_for() -> None:
    text = instances_text([], [TradeGap(address="Whale", last_activity_at=None, minutes=1_500)], minutes=60)
    assert "No heartbeat of any program" in text
    assert "<b>Silent for 60 min or more</b>" in text
    assert "<code>Whale</code> 1,500 min" in text
    assert "No followed wallet" in instances_text([], [], minutes=60)


def test_more_processes_than_fit_are_counted() -> None:
    assert "… and 5 more" in instances_text([SCANNER] * 25, [], minutes=None)


def test_a_process_that_is_not_well_is_shown_before_all_that_are() -> None:
    well = replace(SCANNER, health=HealthState.HEALTHY)
    gone = replace(SCANNER, instance_id="scanner-99", health=HealthState.UNHEALTHY)
    text = plain(instances_text([*[well] * 25, gone], [], minutes=None))
    assert text.splitlines()[1].startswith("🔴 scanner-99 scanner")


@pytest.mark.parametrize(("nodes", "light"), [({"a": ""}, "🔴"), ({"a": "", "b": ""}, "🟡")])
def test_a_process_whose_node_does_not_answer_is_not_green_and_says_why(
    nodes: dict[str, str], light: str
) -> None:
    problems = {"a": "HTTP 401, since 13:14 UTC; the key is refused: put a valid one into RPC_URLS"}
    detail: dict[str, object] = {"nodes": nodes, "problems": problems}
    text = instances_text([replace(SCANNER, health=HealthState.HEALTHY, detail=detail)], [], minutes=None)
    assert f"{light} <b>scanner-1</b>" in text
    assert "⚠️ a: HTTP 401, since 13:14 UTC; the key is refused: put a valid one into RPC_URLS" in text
