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
        "🌫 I was blind from 14:03 UTC to 2026-03-01 14:25 UTC (22 min). 3,140 blocks were read afterwards:"
        " 7 events of your wallets fell into that time."
    )


def test_where_nothing_happened_it_says_so() -> None:
    assert line(events=0).endswith("nothing happened in your wallets in that time.")
    assert line(events=1, blocks=1).endswith(
        "1 block was read afterwards: 1 event of your wallets fell into that time."
    )


def test_a_source_without_blocks_counts_none() -> None:
    assert "What was missed was looked up afterwards: 7 events" in line(blocks=0)


def test_an_outage_over_midnight_tells_both_days_and_one_with_pauses_how_many_spells() -> None:
    text = line(seconds=11 * 3600, gaps=3)
    assert "from 2026-03-01 14:03 UTC to 2026-03-02 01:03 UTC (11 h, 3 times)" in text
    assert "(59 s)" in line(seconds=59.7)


def test_what_no_node_gave_is_never_called_nothing() -> None:
    text = line(events=0, unread=12_000)
    assert "3,140 blocks were read afterwards, 12,000 slots no node would show me any more: " in text
    assert text.endswith("I cannot rule out that I missed something.")
    assert line(unread=1).endswith("7 events of your wallets fell into that time.")
