"""Laws of the pools' arithmetic."""

from hypothesis import given
from hypothesis import strategies as st

from sandbox.actors.market.pools import Reserves, lamports_for, tokens_for, withheld

SIZES = st.integers(min_value=1, max_value=10**18)


@given(SIZES, SIZES, SIZES)
def test_a_pool_never_gives_all_it_has_and_its_product_never_shrinks(
    sol: int, tokens: int, paid: int
) -> None:
    given_out = tokens_for(Reserves(lamports=sol, tokens=tokens), paid)
    assert 0 <= given_out < tokens
    assert (sol + paid) * (tokens - given_out) >= sol * tokens


@given(SIZES, SIZES, SIZES)
def test_going_in_and_out_again_never_pays(sol: int, tokens: int, paid: int) -> None:
    got = tokens_for(Reserves(lamports=sol, tokens=tokens), paid)
    back = lamports_for(Reserves(lamports=sol + paid, tokens=tokens - got), got)
    assert back <= paid


def test_a_small_trade_costs_the_fee_of_three_tenths_of_a_per_cent() -> None:
    assert tokens_for(Reserves(lamports=10**15, tokens=10**15), 10**6) == 996_999


@given(SIZES, st.integers(0, 10_000), SIZES)
def test_a_transfer_fee_is_rounded_up_and_capped(amount: int, bps: int, max_fee: int) -> None:
    fee = withheld(amount, bps, max_fee)
    assert fee <= min(amount, max_fee)
    assert fee == max_fee or fee * 10_000 >= amount * bps


def test_a_transfer_fee_of_one_per_cent_of_one_unit_is_one_unit() -> None:
    assert withheld(1, 100, 10**9) == 1
