"""The order in which transactions are folded."""

from itertools import pairwise, permutations

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
