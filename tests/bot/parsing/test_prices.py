"""How people write what they wait for."""

from decimal import Decimal

import pytest

from bot.parsing.prices import parse_condition
from domain.errors import BadInput
from domain.tokens.price_alerts import Condition


@pytest.mark.parametrize(
    ("words", "condition", "target"),
    [
        ("10%", Condition.PERCENT, "0.1"),
        ("+2,5 %", Condition.PERCENT, "0.025"),
        ("±50 percent", Condition.PERCENT, "0.5"),
        ("above 1.20", Condition.ABOVE, "1.2"),
        ("over $2.5k", Condition.ABOVE, "2500"),
        (">= 0.00000002988", Condition.ABOVE, "0.00000002988"),
        ("<0.8", Condition.BELOW, "0.8"),
        ("below $0.0₇2988", Condition.BELOW, "0.00000002988"),
        ("above 0,0₁₂4", Condition.ABOVE, "0.0000000000004"),
        ("Under 90,000", Condition.BELOW, "90000"),
    ],
)
def test_a_change_or_a_price_is_understood(words: str, condition: Condition, target: str) -> None:
    assert parse_condition(words) == (condition, Decimal(target))


@pytest.mark.parametrize(
    "words",
    [
        "",
        "0.5%",
        "10001%",
        "above",
        "above zero",
        "above 0",
        "10",
        "above -1",
        "%",
        "> 1e9999",
        "above NaN",
        "above 0.0₄",
        "above 0.0₀5",
        "above 0.0₄0",
        "above 0.0₉₉1",
        "9" * 99 + "%",
    ],
)
def test_anything_else_is_refused_with_examples(words: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_condition(words)
    assert "/price WIF 10%" in str(refused.value)
