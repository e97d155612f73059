"""What an order gets at a price that somebody else's trade showed."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from domain.paper.fills import PARTS, ShownPrice, bought, sold, value

SOL = 10**9
PRICES = st.builds(
    ShownPrice,
    lamports=st.fractions(min_value=Fraction(1, 10**6), max_value=10**15),
    depth=st.none() | st.integers(1, 10**15),
)


def test_a_pool_of_unknown_depth_is_not_moved() -> None:
    price = ShownPrice(lamports=Fraction(SOL // 2))
    assert bought(price, SOL, 0).quantity == 2 * PARTS
    assert sold(price, 2 * PARTS, 0).lamports == SOL == value(price, 2 * PARTS)


def test_the_fee_is_within_what_is_paid_and_taken_from_what_comes() -> None:
    price = ShownPrice(lamports=Fraction(SOL))
    assert (bought(price, SOL, 100).fee, bought(price, SOL, 100).quantity) == (SOL // 100, PARTS * 99 // 100)
    assert (sold(price, PARTS, 100).fee, sold(price, PARTS, 100).lamports) == (SOL // 100, SOL * 99 // 100)


@given(price=PRICES, lamports=st.integers(1, 10**15), bps=st.integers(0, 10_000))
def test_going_in_and_out_again_never_pays(price: ShownPrice, lamports: int, bps: int) -> None:
    assert sold(price, bought(price, lamports, bps).quantity, bps).lamports <= lamports
