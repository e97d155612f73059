"""When a price alert fires, and what it waits for then."""

from decimal import Decimal

import pytest

from domain.tokens.price_alerts import Condition, PriceAlert, after, is_reached


def alert(condition: Condition, target: str, anchor: str = "1") -> PriceAlert:
    return PriceAlert(
        price_alert_id=1,
        chat_id=2,
        topic_id=0,
        chain="solana",
        mint="mint",
        condition=condition,
        target=Decimal(target),
        anchor=Decimal(anchor),
        is_armed=True,
    )


def fired(one: PriceAlert, *prices: str) -> list[str]:
    """The prices at which it fires, seen one after the other."""
    found = []
    for price in prices:
        if is_reached(one, Decimal(price)):
            found.append(price)
        one = after(one, Decimal(price))
    return found


@pytest.mark.parametrize(
    ("condition", "target", "prices", "fires"),
    [
        (Condition.ABOVE, "1.2", ["1.1", "1.2", "1.3"], ["1.2"]),
        (Condition.BELOW, "0.9", ["0.95", "0.89", "0.5"], ["0.89"]),
        (Condition.ABOVE, "1.2", ["1.21", "1.195", "1.21"], ["1.21"]),
        (Condition.ABOVE, "1.2", ["1.21", "1.188", "1.22"], ["1.21", "1.22"]),
        (Condition.BELOW, "0.9", ["0.89", "0.909", "0.88"], ["0.89", "0.88"]),
        (Condition.PERCENT, "0.1", ["1.05", "1.1", "1.15", "1.21"], ["1.1", "1.21"]),
        (Condition.PERCENT, "0.1", ["0.9", "0.85", "0.81"], ["0.9", "0.81"]),
        (Condition.PERCENT, "0.1", ["1.5", "1.36", "1.35"], ["1.5", "1.35"]),
    ],
)
def test_it_fires_at_its_price_and_then_waits_anew(
    condition: Condition, target: str, prices: list[str], fires: list[str]
) -> None:
    assert fired(alert(condition, target), *prices) == fires


def test_a_price_that_changes_nothing_leaves_the_same_value() -> None:
    one = alert(Condition.PERCENT, "0.1")
    assert after(one, Decimal("1.01")) is one


def test_by_percent_it_counts_from_where_it_fired() -> None:
    one = after(alert(Condition.PERCENT, "0.1"), Decimal("1.2"))
    assert (one.anchor, one.is_armed) == (Decimal("1.2"), True)
