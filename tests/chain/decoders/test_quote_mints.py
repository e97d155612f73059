"""Quote currencies: the usual ones, or those that are named."""

from chain.decoders.quote_mints import QUOTE_MINTS, quote_mints_of
from domain.activity.activity import SOL, WRAPPED_SOL
from domain.activity.prices import DOLLAR_MINTS


def test_unnamed_they_are_the_usual_ones() -> None:
    assert quote_mints_of(frozenset()) == QUOTE_MINTS


def test_what_counts_as_dollars_is_a_quote_currency() -> None:
    assert DOLLAR_MINTS <= QUOTE_MINTS


def test_named_ones_replace_the_usual_ones_and_sol_always_is_one() -> None:
    assert quote_mints_of(frozenset({"mint"})) == {"mint", SOL, WRAPPED_SOL}
