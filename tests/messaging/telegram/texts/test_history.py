"""/history: one line an event, with what it gained and whether it happened."""

from datetime import UTC, datetime
from decimal import Decimal

from domain.activity.outcomes import Outcome
from domain.activity.prices import MarketFacts
from messaging.telegram.texts.history import HistoryLine, history, nothing_seen
from tests.messaging.telegram.alert_samples import activity


def _line(*, outcome: Outcome | None = None, reverted: bool = False) -> HistoryLine:
    return HistoryLine(
        event=activity(),
        label="Moby",
        market=MarketFacts(outcome=outcome),
        happened_at=datetime(2026, 11, 28, 14, 3, tzinfo=UTC),
        reverted=reverted,
    )


def test_each_event_is_one_line_with_its_time() -> None:
    first, second = history([_line()], {}, page=2).splitlines()
    assert first == "📜 <b>History</b>, page 3, UTC"
    assert second.startswith("28 Nov 14:03 🟢 <b>Moby</b> bought")


def test_a_sale_shows_what_it_gained() -> None:
    assert history([_line(outcome=Outcome(gain_share=Decimal("0.34")))], {}, page=0).endswith(" · +34%")
    assert "%" not in history([_line(outcome=Outcome(is_added=True))], {}, page=0)


def test_a_gain_of_a_part_says_of_which_part() -> None:
    partly = Outcome(gain_share=Decimal("0.34"), known_share=Decimal("0.4"))
    assert history([_line(outcome=partly)], {}, page=0).endswith(" · +34% on the 40% whose cost is known")
    whole = Outcome(gain_share=Decimal("0.34"), known_share=Decimal("0.999"))
    assert history([_line(outcome=whole)], {}, page=0).endswith(" · +34%")


def test_what_was_reverted_never_happened() -> None:
    assert "it never happened" in history([_line(reverted=True)], {}, page=0)


def test_nothing_is_said_with_how_to_ask() -> None:
    assert "/history" in nothing_seen()
