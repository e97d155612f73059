"""What ends a position."""

import pytest
from msgspec import structs

from domain.activity.activity import Kind
from domain.activity.exits import is_exit
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
