"""How alerts turned out, in figures that hide nothing."""

from decimal import Decimal

from domain.alerts.outcomes import (
    MAX_GAIN,
    AlertOutcome,
    AlertOutcomeSource,
    alert_outcome_of,
    drained,
    summary_of,
    unpriced,
)


def gained(part: str, hours: int = 1) -> AlertOutcome:
    return alert_outcome_of(hours, Decimal(1), 1 + Decimal(part), AlertOutcomeSource.CANDLE)


def test_a_later_price_is_a_gain_on_what_was_paid() -> None:
    assert alert_outcome_of(24, Decimal(2), Decimal(3), AlertOutcomeSource.POOL).gain == Decimal("0.5")
    assert alert_outcome_of(1, Decimal(1), Decimal(10**9), AlertOutcomeSource.POOL).gain == MAX_GAIN


def test_a_drained_pool_is_a_loss_of_everything_and_stays_in() -> None:
    found = summary_of(1, [gained("0.1"), gained("0.3"), drained(1), unpriced(1), gained("9", hours=24)])
    assert (found.number, found.priced, found.drained, found.unknown) == (4, 3, 1, 1)
    assert (found.low, found.median, found.high) == (Decimal("-0.45"), Decimal("0.1"), Decimal("0.2"))


def test_without_a_price_nothing_is_said_but_the_number() -> None:
    found = summary_of(1, [unpriced(1)])
    assert (found.median, found.number, found.unknown) == (None, 1, 1)
    assert summary_of(24, []).number == 0
