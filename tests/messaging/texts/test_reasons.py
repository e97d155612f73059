"""Rules in words."""

from decimal import Decimal

import pytest

from domain.decisions import Gate
from domain.reasons import Reasons
from domain.rules import Quiet
from messaging.texts.reasons import dollars, hours, unknown_notes


@pytest.mark.parametrize(
    ("amount", "text"), [("1000", "$1,000"), ("84.2", "$84.20"), ("0", "$0"), ("1.999", "$1.99")]
)
def test_dollars(amount: str, text: str) -> None:
    assert dollars(Decimal(amount)) == text


def test_hours() -> None:
    assert hours(Quiet(begin=23 * 60, end=7 * 60 + 5)) == "23:00–07:05"


def test_what_was_not_known_is_told() -> None:
    notes = unknown_notes(
        Reasons(unknown=(Gate.BELOW_MINIMUM, Gate.ABOVE_MAXIMUM, Gate.NOT_FIRST_BUY, Gate.NOT_FULL_EXIT))
    )
    assert len(notes) == 3
    assert "Price unknown" in notes[0]
    assert unknown_notes(Reasons()) == []
