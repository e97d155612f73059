"""The order in which transactions are folded."""

from itertools import pairwise, permutations
from time import process_time

import pytest

from domain.activity.activity import SOL
from domain.positions.entries import Entry
from domain.positions.ordering import in_order
from tests.domain.positions.entries import TOKEN, buy, sell


def _order(*entries: Entry) -> list[tuple[str, bool]]:
    return [(ordered.entries[0].signature, ordered.is_certain) for ordered in in_order(entries)]


def test_slots_go_before_the_order_of_reading() -> None:
    assert _order(buy(2, 1, 1), buy(1, 1, 1)) == [("s1", True), ("s2", True)]


def test_within_a_slot_the_place_in_the_block_decides() -> None:
    one = buy(1, 1, 1, signature="a", position=7)
    other = buy(1, 1, 1, signature="b", position=2)
    assert _order(one, other) == [("b", True), ("a", True)]


def test_without_places_the_balances_chain_the_transactions_however_they_are_read() -> None:
    balances = [0, 10, 4, 9, 0]
    entries = [
        buy(1, 1, 1, signature=f"{at}", pre={TOKEN: before, SOL: 100 - at}, post={TOKEN: after, SOL: 99 - at})
        for at, (before, after) in enumerate(pairwise(balances))
    ]
    for shuffled in permutations(entries):
        assert _order(*shuffled) == [("0", True), ("1", True), ("2", True), ("3", True)]


def test_what_was_held_before_the_slot_decides_where_a_chain_is_a_circle() -> None:
    earlier = buy(1, 5, 1, pre={TOKEN: 0}, post={TOKEN: 5})
    more = buy(2, 5, 1, signature="more", pre={TOKEN: 5}, post={TOKEN: 10})
    less = sell(2, 5, 1, signature="less", pre={TOKEN: 10}, post={TOKEN: 5})
    assert _order(less, more, earlier) == [("s1", True), ("more", True), ("less", True)]


def test_where_several_orders_fit_they_stay_as_read_and_that_is_said() -> None:
    one, other = buy(1, 1, 1, signature="a"), sell(1, 1, 1, signature="b")
    assert _order(one, other) == [("a", False), ("b", False)]
    assert _order(other, one) == [("b", False), ("a", False)]


def test_transactions_that_share_no_token_are_certain_in_any_order() -> None:
    one = buy(1, 1, 1, signature="a")
    assert _order(one, buy(1, 1, 1, signature="b", wallet="another")) == [("a", True), ("b", True)]


def test_the_entries_of_one_transaction_stay_together() -> None:
    entries = [
        buy(1, 1, 1, signature="a"),
        buy(1, 1, 1, signature="b"),
        buy(1, 1, 1, signature="a", wallet="w"),
    ]
    assert [len(ordered.entries) for ordered in in_order(entries)] == [2, 1]


def test_very_many_transactions_of_one_slot_stay_as_read() -> None:
    entries = [buy(1, 1, 1, signature=f"{at:02}") for at in range(200)]
    assert _order(*entries) == [(f"{at:02}", False) for at in range(200)]


def test_an_entry_without_a_slot_stays_behind_the_one_before_it() -> None:
    assert _order(buy(5, 1, 1), buy(6, 1, 1, slot=None, wallet="w"), buy(2, 1, 1)) == [
        ("s2", True),
        ("s5", True),
        ("s6", True),
    ]


def test_places_that_are_known_order_the_block_where_others_are_not() -> None:
    one, other = buy(1, 1, 1, signature="a", position=9), sell(1, 1, 1, signature="b", position=3)
    apart = buy(1, 1, 1, signature="c", wallet="another")
    assert _order(one, apart, other) == [("b", True), ("a", True), ("c", True)]


def test_places_that_two_transactions_have_are_none() -> None:
    found, left = {"pre": {TOKEN: 0}, "post": {TOKEN: 5}}, {"pre": {TOKEN: 5}, "post": {TOKEN: 3}}
    sold, bought = sell(1, 2, 1, signature="s", position=0, **left), buy(1, 5, 1, position=0, **found)
    assert _order(sold, bought) == [("s1", True), ("s", True)]


def test_a_balance_that_is_no_longer_named_is_empty() -> None:
    earlier = [
        buy(1, 1, 1, pre={}, post={TOKEN: 1}),
        sell(2, 1, 1, pre={TOKEN: 1}, post={}),
    ]
    more = buy(3, 1, 1, signature="more", pre={}, post={TOKEN: 1})
    less = sell(3, 1, 1, signature="less", pre={TOKEN: 1}, post={})
    assert _order(*earlier, less, more)[2:] == [("more", True), ("less", True)]


def test_without_slots_the_time_of_a_block_decides_and_places_count_within_it_alone() -> None:
    late = [buy(1, 1, 1, signature=f"{at}", slot=None, block_time=9, position=at) for at in (4, 7)]
    early = buy(1, 1, 1, signature="early", slot=None, block_time=2, position=8)
    assert _order(*late, early) == [("early", True), ("4", True), ("7", True)]


def test_without_slots_a_place_that_is_not_behind_the_last_one_is_in_another_block() -> None:
    entries = [buy(1, 1, 1, signature=f"{at}", slot=None, block_time=9, position=at) for at in (8, 2)]
    assert _order(*entries) == [("8", True), ("2", True)]


def test_without_slots_the_lines_of_a_transaction_stay_together_whatever_stands_between_them() -> None:
    one, other = (buy(5, 1, 1, slot=None, wallet=wallet) for wallet in ("a", "b"))
    for lines in permutations((one, other, buy(3, 1, 1, slot=None))):
        assert [len(ordered.entries) for ordered in in_order(lines)] == [1, 2]


def test_wallets_that_have_nothing_to_do_with_each_other_are_chained_apart() -> None:
    """So a block in which very many wallets trade is in order all the same."""
    entries = [
        make(1, 1, 1, signature=f"{name} {wallet}", wallet=f"{wallet:02}", pre=pre, post=post)
        for name, make, pre, post in (
            ("second", sell, {TOKEN: 4}, {TOKEN: 1}),
            ("first", buy, {TOKEN: 0}, {TOKEN: 4}),
        )
        for wallet in range(50)
    ]
    found = _order(*entries)
    assert all(is_certain for _, is_certain in found)
    assert [signature.split()[0] for signature, _ in found] == ["first", "second"] * 50


@pytest.mark.measures
def test_balances_of_other_wallets_cost_no_time_in_a_block_of_very_many() -> None:
    entries = [
        buy(at // 100, 1, 1, signature=f"{at}", wallet=f"{at}", pre={TOKEN: 0}, post={TOKEN: 1})
        for at in range(20_000)
    ]
    began = process_time()
    assert all(ordered.is_certain for ordered in in_order(entries))
    assert process_time() - began < 3


def _chains(count: int) -> list[Entry]:
    """Purchases of four tokens in turn, by one wallet in one slot."""
    bought = [
        (f"token {at % 4}", sum(range(at % 4 + 1, at + 1, 4)), at)  # each adds one more than its number
        for at in range(count)
    ]
    return [
        buy(7, 1, 1, signature=f"{at:02}", pre={mint: before}, post={mint: before + at + 1})
        for mint, before, at in bought
    ]


@pytest.mark.measures
def test_balances_that_no_order_fits_are_not_tried_in_very_many() -> None:
    began = process_time()
    for missing in range(10):
        entries = [one for at, one in enumerate(_chains(32)) if at != 10 + missing]
        assert not any(ordered.is_certain for ordered in in_order(entries))
    assert process_time() - began < 1


def test_of_more_orders_than_are_compared_none_is_certain() -> None:
    balances = {"pre": {TOKEN: 0}, "post": {TOKEN: 0}}
    entries = [buy(1, 1, 1, signature=f"{at}", **balances) for at in range(8)]
    assert [is_certain for _, is_certain in _order(*entries)] == [False] * 8
