"""What is owned, and what it is worth."""

from fractions import Fraction

from domain.paper.fills import PARTS, ShownPrice
from domain.paper.holdings import Holdings
from domain.paper.state import Position, key_of


def position(wallet: str, tokens: int) -> Position:
    return Position(
        wallet=wallet, token="t", quantity=tokens * PARTS, cost=100, price=Fraction(1), priority=0
    )


def test_what_it_is_worth_follows_the_price_and_what_is_taken_away() -> None:
    owned = {key_of(wallet, "t"): position(wallet, n) for n, wallet in enumerate(("a", "b"), start=1)}
    holdings = Holdings(owned, {"t": ShownPrice(lamports=Fraction(10))})
    assert holdings.worth == 30
    holdings.value("t", ShownPrice(lamports=Fraction(20)))
    assert holdings.worth == 60
    holdings.reduce(position("b", 2), PARTS, 50)
    holdings.reduce(position("a", 1), PARTS, 100)
    holdings.value("t", ShownPrice(lamports=Fraction(20)))
    assert ([one.cost for one in holdings.of_token("t")], holdings.worth) == ([50], 20)
    holdings.reduce(position("b", 1), PARTS, 50)
    holdings.value("t", ShownPrice(lamports=Fraction(20)))
    assert (holdings.has("t"), holdings.worth, holdings.positions) == (False, 0, {})
