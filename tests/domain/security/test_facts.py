"""Shares of a supply, as numbers and as people read them."""

from fractions import Fraction

import pytest

from domain.security.facts import part, percent


def test_of_no_supply_nobody_has_a_part() -> None:
    assert part(5, 0) == 0
    assert part(1, 4) == Fraction(1, 4)


@pytest.mark.parametrize(
    ("share", "text"),
    [(Fraction(44, 100), "44 %"), (Fraction(3, 1000), "0.3 %"), (Fraction(1), "100 %"), (Fraction(0), "0 %")],
)
def test_a_share_is_written_in_per_cent(share: Fraction, text: str) -> None:
    assert str(percent(share)) == text
