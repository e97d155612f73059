"""Rules in words."""

from decimal import Decimal

import pytest

from domain.rules.decisions import Gate
from domain.rules.reasons import Reasons
from domain.rules.rules import Quiet
from messaging.telegram.texts.reasons import dollars, duration, hours, unknown_notes


@pytest.mark.parametrize(
    ("amount", "text"), [("1000", "$1,000"), ("84.2", "$84.20"), ("0", "$0"), ("1.999", "$1.99")]
)
def test_dollars(amount: str, text: str) -> None:
    assert dollars(Decimal(amount)) == text


def test_hours() -> None:
    assert hours(Quiet(begin=23 * 60, end=7 * 60 + 5)) == "23:00–07:05"


def test_what_was_not_known_is_named() -> None:
    notes = unknown_notes(
        Reasons(unknown=(Gate.BELOW_MINIMUM, Gate.ABOVE_MAXIMUM, Gate.NOT_FIRST_BUY, Gate.NOT_FULL_EXIT))
    )
    assert len(notes) == 3
    assert "Price unknown" in notes[0]
    assert unknown_notes(Reasons()) == []
    later = unknown_notes(Reasons(unknown=(Gate.TOO_YOUNG, Gate.TOO_OLD, Gate.MARKET_CAP_TOO_LOW)))
    assert ["age" in later[0], "Market cap" in later[1]] == [True, True]


@pytest.mark.parametrize(
    ("seconds", "text"), [(30, "30 s"), (60, "1 min"), (5400, "90 min"), (86400, "1 d"), (90000, "25 h")]
)
def test_durations(seconds: int, text: str) -> None:
    assert duration(seconds) == text
