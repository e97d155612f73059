"""/record in words."""

from decimal import Decimal

from domain.alerts.outcomes import OutcomeSummary
from messaging.telegram.escaping import plain
from messaging.telegram.texts.alert_outcomes import nothing_yet, record_text


def summary(hours: int, number: int, drained: int = 0, unknown: int = 0) -> OutcomeSummary:
    has = number > unknown
    return OutcomeSummary(
        hours=hours,
        number=number,
        drained=drained,
        unknown=unknown,
        median=Decimal("0.032") if has else None,
        low=Decimal("-0.04") if has else None,
        high=Decimal("0.11") if has else None,
    )


def test_it_says_median_spread_losses_and_what_has_no_price() -> None:
    text = plain(record_text([summary(1, 41, drained=2, unknown=3), summary(24, 0)], days=30))
    assert text.splitlines()[:4] == [
        "🎯 Purchases you were alerted on, 30 days",
        "After 1 h: median +3.2%, half between −4% and +11%",
        "  38 of 41 alerts have a price · 2 pools drained (−100%) · 3 could not be priced",
        "After 24 h: none is so old yet",
    ]


def test_of_few_alerts_only_the_median_is_said() -> None:
    text = record_text([summary(1, 3)], days=30, name="Ahab", rule="min 5000")
    assert "Purchases of <b>Ahab</b>, 30 days, by min 5000" in text
    assert "After 1 h: median +3.2%, of too few to say more" in text
    assert "no prices" in record_text([summary(1, 2, unknown=2)], days=30)


def test_when_nothing_was_looked_at_it_says_when_that_is_done() -> None:
    assert nothing_yet("Ahab").startswith("🎯 No outcome yet: each purchase of <b>Ahab</b>")
