"""What /mysize says."""

from decimal import Decimal

from domain.rules.rules import DEFAULT_DISPLAY, Display
from messaging.telegram.texts.mysize import size_text, size_words


def test_without_a_size_it_says_how_to_set_one() -> None:
    assert size_text(DEFAULT_DISPLAY).startswith("💵 No size is set. Write /mysize 500")
    assert size_words(DEFAULT_DISPLAY) == "not set, /mysize 500"


def test_it_names_size_and_limit() -> None:
    display = Display(size_usd=Decimal(500), size_limit=Decimal("0.03"))
    assert "Your size: <b>$500</b>" in size_text(display)
    assert "more than 3% above its fill" in size_text(display)
    assert size_words(display) == "$500, too late beyond 3%"
