"""What a campaign sees."""

from fractions import Fraction

from msgspec import structs

from domain.paper.fills import ShownPrice
from domain.paper.trades import SeenTrade, unmoved

TRADE = SeenTrade(signature="s", wallet="w", at=1, token="t", price=ShownPrice(lamports=Fraction(2), depth=3))


def test_a_price_that_is_not_moved_has_no_depth() -> None:
    assert unmoved(TRADE).price == ShownPrice(lamports=Fraction(2))
    without = structs.replace(TRADE, price=None)
    assert unmoved(without) == without
