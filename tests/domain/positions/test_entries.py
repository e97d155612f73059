"""What an exchange was worth, and how shares are rounded."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.activity.activity import SOL, Kind
from domain.positions.entries import Entry, Worth, incoming, outgoing, share, worth_of
from tests.domain.positions.entries import TOKEN, USDC, buy, entry, sell

_AMOUNTS = st.integers(0, 10**24)


def _worth(trade: Entry) -> Worth:
    return worth_of(trade, outgoing(trade), incoming(trade))


@given(_AMOUNTS, _AMOUNTS, st.integers(1, 10**24))
def test_a_share_is_the_nearest_whole_unit_and_halves_go_to_the_even_one(
    amount: int, part: int, whole: int
) -> None:
    assert share(amount, part, whole) == round(Fraction(amount * part, whole))


def test_a_purchase_for_sol_is_worth_what_left_the_wallet_without_the_tip() -> None:
    assert _worth(buy(1, 10, 1_000, tip=100, usd=50_000)) == Worth(sol=900, usd=45_000)


def test_a_sale_for_sol_is_worth_what_came_and_the_tip_that_went_out_of_it() -> None:
    assert _worth(sell(1, 10, 900, tip=100, usd=45_000)) == Worth(sol=1_000, usd=50_000)


def test_the_fees_of_venues_are_part_of_the_price() -> None:
    assert _worth(buy(1, 10, 1_000, fee=5_000)).sol == 1_000


def test_dollar_tokens_are_dollars_where_nothing_else_is_said() -> None:
    trade = entry(1, Kind.BUY, paid={USDC: 2_500_000}, received={TOKEN: 1})
    assert _worth(trade) == Worth(sol=None, usd=2_500_000_000)


def test_what_the_entry_says_goes_before_the_face_value_of_dollar_tokens() -> None:
    trade = entry(1, Kind.BUY, paid={USDC: 2_500_000}, received={TOKEN: 1}, usd=2_400_000_000)
    assert _worth(trade).usd == 2_400_000_000


def test_a_token_for_a_token_is_worth_what_the_entry_says_or_nothing_is_known() -> None:
    swap = entry(1, Kind.SWAP, paid={"a": 1}, received={"b": 1})
    assert _worth(swap) == Worth(sol=None, usd=None)


def test_sol_and_dollars_together_are_no_sum_of_lamports() -> None:
    trade = entry(1, Kind.BUY, paid={USDC: 1, SOL: 1}, received={TOKEN: 1}, usd=7)
    assert _worth(trade) == Worth(sol=None, usd=7)


def test_a_part_of_a_worth_is_its_share_in_both_currencies() -> None:
    assert Worth(10, None).part(1, 4) == Worth(2, None)
    assert Worth(10, 30).part(1, 4) == Worth(2, 8)
    assert Worth(10, 30).part(4, 4) == Worth(10, 30)


@pytest.mark.parametrize("mint", [TOKEN, "b"])
def test_what_an_order_gave_and_what_others_got_belong_to_the_exchange(mint: str) -> None:
    trade = entry(1, Kind.SELL, paid={TOKEN: 1}, from_order={mint: 2}, received={SOL: 3}, elsewhere={SOL: 4})
    assert outgoing(trade) == ({TOKEN: 3} if mint == TOKEN else {TOKEN: 1, "b": 2})
    assert incoming(trade) == {SOL: 7}
