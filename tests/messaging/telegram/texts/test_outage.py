"""The one line after an outage."""

from datetime import UTC, datetime, timedelta

from domain.delivery.deliveries import OutageSummary
from messaging.telegram.escaping import plain
from messaging.telegram.texts.outage import outage_text

BEGAN = datetime(2026, 3, 1, 14, 3, tzinfo=UTC)


def line(
    *, seconds: float = 1320, gaps: int = 1, blocks: int = 3140, events: int = 7, unread: int = 0
) -> str:
    return plain(
        outage_text(
            OutageSummary(
                began_at=BEGAN,
                ended_at=BEGAN + timedelta(seconds=seconds),
                gaps=gaps,
                blocks=blocks,
                events=events,
                unread=unread,
            )
        )
    )


def test_it_says_from_when_to_when_how_many_blocks_and_what_it_meant() -> None:
    assert line() == (
        "🌫 Feed was down 14:03 UTC–14:25 UTC (22 min). Caught up: 3,140 blocks, 7 events of your wallets."
    )


def test_where_nothing_happened_it_says_so() -> None:
    assert line(events=0).endswith("Caught up: 3,140 blocks; nothing happened in your wallets.")
    assert line(events=1, blocks=1).endswith("Caught up: 1 block, 1 event of your wallets.")


def test_a_source_without_blocks_counts_none() -> None:
    assert line(blocks=0).endswith("Caught up: 7 events of your wallets.")
    assert line(blocks=0, events=0).endswith("Caught up; nothing happened in your wallets.")


def test_an_outage_over_midnight_tells_both_days_and_one_with_pauses_how_many_spells() -> None:
    text = line(seconds=11 * 3600, gaps=3)
    assert "2026-03-01 14:03 UTC–2026-03-02 01:03 UTC (11 h, 3 times)" in text
    assert "14:03 UTC–14:04 UTC (1 min)" in line(seconds=60)
    assert "Feed was down 14:03 UTC (59 s)" in line(seconds=59.7)
    assert "(1 min 25 s)" in line(seconds=85)


def test_what_no_node_gave_is_never_called_nothing() -> None:
    text = line(events=0, unread=12_000)
    assert "nothing happened" not in text
    assert text.endswith("⚠️ 12,000 slots could not be recovered, so something may be missing.")
    assert "7 events of your wallets. ⚠️ 1 slot could not be recovered" in line(unread=1)
