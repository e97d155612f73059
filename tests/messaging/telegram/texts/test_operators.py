"""What operators see."""

from domain.health import degraded, healthy
from domain.snapshot import Snapshot
from messaging.telegram.texts.operators import health_text, stats_text

NOTHING = Snapshot(
    chats=1_000,
    wallets=0,
    watches=0,
    alerts_of_day=0,
    alerts_open=0,
    deliveries_due=0,
    oldest_due_seconds=0.0,
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


def test_the_worst_part_names_the_whole() -> None:
    results = [("a", healthy("answers")), ("b", degraded("<x>"))]
    text = health_text(results)
    assert text.startswith("<b>Health: degraded</b>")
    assert "🟡 <b>b</b>: &lt;x&gt;" in text
    assert health_text([]).startswith("<b>Health: healthy</b>")
