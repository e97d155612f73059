"""What people write behind /mysize."""

from decimal import Decimal

import pytest

from bot.parsing.mysize import parse_size
from domain.errors import BadInput


@pytest.mark.parametrize(
    ("words", "usd", "limit"),
    [
        ("500", Decimal(500), None),
        ("$1.5k 3%", Decimal(1_500), Decimal("0.03")),
        ("500 2,5 %", Decimal(500), Decimal("0.025")),
        ("off", None, None),
    ],
)
def test_words_are_dollars_and_a_limit(words: str, usd: Decimal | None, limit: Decimal | None) -> None:
    assert parse_size(words) == (usd, limit)


@pytest.mark.parametrize("words", ["much", "500 0%", "500 2000%", "500 soon", "99999999999"])
def test_what_is_not_understood_says_how_to_write_it(words: str) -> None:
    with pytest.raises(BadInput):
        parse_size(words)
