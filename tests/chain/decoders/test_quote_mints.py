"""Quote currencies: the usual ones, or those that are named."""

from chain.decoders.quote_mints import QUOTES, quotes_of
from domain.activity.activity import SOL, WRAPPED_SOL


def test_unnamed_they_are_the_usual_ones() -> None:
    assert quotes_of(frozenset()) == QUOTES


def test_named_ones_take_their_place_and_sol_always_is_one() -> None:
    assert quotes_of(frozenset({"mint"})) == {"mint", SOL, WRAPPED_SOL}
