"""What ends a position."""

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Kind, Leg
from domain.activity.exits import exit_known, is_exit
from tests.domain.delivery.deliveries import activity


@pytest.mark.parametrize(
    ("before", "after", "ends"),
    [
        (100, 0, True),
        (100, 2, True),
        (100, 3, False),
        (10**9, 1, True),
        (None, 0, False),
        (0, 0, False),
        (5, None, False),
    ],
)
def test_a_sale_that_leaves_next_to_nothing_is_an_exit(
    before: int | None, after: int | None, *, ends: bool
) -> None:
    sold = structs.replace(activity(), kind=Kind.SELL, token_before=before, token_after=after)
    assert is_exit(sold) is ends


@pytest.mark.parametrize(("kind", "ends"), [(Kind.SELL, True), (Kind.SWAP, True), (Kind.BUY, False)])
def test_so_is_one_after_which_nothing_is_left_of_all_that_was_seen(kind: Kind, *, ends: bool) -> None:
    gave = structs.replace(activity(), kind=kind)
    assert is_exit(gave, full_exit=True) is ends
    assert not is_exit(gave, full_exit=False)


@pytest.mark.parametrize(
    ("before", "raw", "ends"),
    [(100, 100, True), (100, 98, True), (100, 97, False), (0, 5, None), (None, 5, None)],
)
def test_a_swap_ends_by_what_was_there_of_what_it_gave(
    before: int | None, raw: int, *, ends: bool | None
) -> None:
    paid = (Leg(mint=SOL, raw=1, decimals=9), Leg(mint="given", raw=raw, decimals=0))
    gave = structs.replace(
        activity(), kind=Kind.SWAP, paid=paid, given_before=before, token_before=0, token_after=9
    )
    assert exit_known(gave) is ends
    both = structs.replace(gave, paid=(*paid, Leg(mint="another", raw=raw, decimals=0)))
    assert exit_known(both) is None


@pytest.mark.parametrize(("left", "ends"), [(0, True), (996, False)])
def test_what_was_seen_of_the_past_does_not_count_where_the_transaction_shows_what_is_left(
    left: int, *, ends: bool
) -> None:
    sold = structs.replace(activity(), kind=Kind.SELL, token_before=1_000, token_after=left)
    paid = (Leg(mint="given", raw=1_000 - left, decimals=0),)
    swapped = structs.replace(activity(), kind=Kind.SWAP, paid=paid, given_before=1_000)
    for seen in (True, False, None):
        assert (is_exit(sold, full_exit=seen), is_exit(swapped, full_exit=seen)) == (ends, ends)
