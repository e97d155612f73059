"""What operators see."""

from dataclasses import replace

from domain.health import degraded, healthy, unhealthy
from domain.snapshot import Snapshot
from messaging.telegram.escaping import plain
from messaging.telegram.texts.operators import health_text, losses_text, stats_text

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


def test_what_has_not_happened_is_unknown() -> None:
    text = stats_text(NOTHING)
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
    text = stats_text(figures)
    assert "pending 9, the oldest 80 s" in text
    assert "Messages queued 3, the oldest 4 s · being sent 1, the oldest 30 s" in text
    assert "Messages queued 0 · being sent 0" in stats_text(NOTHING)


def test_a_cause_names_its_host_and_its_cure() -> None:
    why = "rpc.example.org: HTTP 401, since 13:14 UTC; put a valid key into RPC_URLS. /retryfailed"
    assert why in health_text([("Chain", unhealthy(why))])


def test_the_worst_part_names_the_whole() -> None:
    results = [("a", healthy("answers")), ("b", degraded("<x>"))]
    text = health_text(results)
    assert text.startswith("<b>Health: degraded</b>")
    assert "🟡 <b>b</b>: &lt;x&gt;" in text
    assert health_text([]).startswith("<b>Health: healthy</b>")


def test_what_was_given_up_is_told_by_number_and_the_rest_counted() -> None:
    text = losses_text({f"messages (<cause {number}>)": number for number in range(1, 10)})
    lines = plain(text).splitlines()
    assert lines[:2] == ["⚠️ Given up: 45", "9 × messages (<cause 9>)"]
    assert lines[-2:] == [
        "and 3 more causes",
        "/queues and /health show more, /retryfailed tries again",
    ]
